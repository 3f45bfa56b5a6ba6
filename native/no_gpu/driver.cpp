// A CUDA driver of a machine without a GPU: every call says so. cuDNN compiles plans for devices that
// are not there only where it finds a driver of this name to load, with the functions below.
#define NO_DEVICE 100
#define NOT_FOUND 500

#define REFUSED(name) \
  extern "C" int name() { return NO_DEVICE; }

REFUSED(cuInit)
REFUSED(cuGetErrorName)
REFUSED(cuGetErrorString)
REFUSED(cuDeviceGet)
REFUSED(cuCtxGetCurrent)
REFUSED(cuCtxGetLimit)
REFUSED(cuCtxPopCurrent)
REFUSED(cuCtxPushCurrent)
REFUSED(cuStreamGetCtx)
REFUSED(cuLinkCreate)
REFUSED(cuLinkAddData)
REFUSED(cuLinkComplete)
REFUSED(cuLinkDestroy)
REFUSED(cuLaunchKernel)
REFUSED(cuLaunchKernelEx)
REFUSED(cuLaunchCooperativeKernel)
REFUSED(cuLibraryLoadData)
REFUSED(cuLibraryLoadFromFile)
REFUSED(cuLibraryGetKernel)
REFUSED(cuLibraryUnload)
REFUSED(cuKernelSetAttribute)
REFUSED(cuKernelGetAttribute)
REFUSED(cuKernelGetFunction)
REFUSED(cuOccupancyMaxPotentialClusterSize)

extern "C" int cuDriverGetVersion(int *version) {
  *version = 13000;
  return 0;
}

extern "C" int cuDeviceGetCount(int *count) {
  *count = 0;
  return 0;
}

extern "C" int cuGetProcAddress_v2(const char *, void **function, int, unsigned long long, void *) {
  *function = nullptr;
  return NOT_FOUND;
}

extern "C" int cuGetProcAddress(const char *, void **function, int, unsigned long long) {
  return cuGetProcAddress_v2(nullptr, function, 0, 0, nullptr);
}
