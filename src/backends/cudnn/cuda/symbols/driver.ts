/**
 * Functions of the CUDA driver (`libcuda.so.1`), each with its declaration from `cuda.h`. Handles
 * and device addresses are 64-bit integers. Where the driver has several generations of a function,
 * the exported name carries the suffix that the header's macro adds.
 *
 * @module
 */

/** Functions that this backend calls. */
export const DRIVER_SYMBOLS = {
  // CUresult cuInit(unsigned int Flags)
  cuInit: { parameters: ["u32"], result: "i32" },
  // CUresult cuDriverGetVersion(int *driverVersion)
  cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
  // CUresult cuGetErrorName(CUresult error, const char **pStr)
  cuGetErrorName: { parameters: ["i32", "buffer"], result: "i32" },
  // CUresult cuGetErrorString(CUresult error, const char **pStr)
  cuGetErrorString: { parameters: ["i32", "buffer"], result: "i32" },

  // CUresult cuDeviceGetCount(int *count)
  cuDeviceGetCount: { parameters: ["buffer"], result: "i32" },
  // CUresult cuDeviceGet(CUdevice *device, int ordinal)
  cuDeviceGet: { parameters: ["buffer", "i32"], result: "i32" },
  // CUresult cuDeviceGetName(char *name, int len, CUdevice dev)
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  // CUresult cuDeviceGetPCIBusId(char *pciBusId, int len, CUdevice dev)
  cuDeviceGetPCIBusId: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  // CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev)
  cuDeviceTotalMem_v2: { parameters: ["buffer", "i32"], result: "i32" },
  // CUresult cuDeviceGetAttribute(int *pi, CUdevice_attribute attrib, CUdevice dev)
  cuDeviceGetAttribute: { parameters: ["buffer", "i32", "i32"], result: "i32" },

  // CUresult cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev)
  cuDevicePrimaryCtxRetain: { parameters: ["buffer", "i32"], result: "i32" },
  // CUresult cuDevicePrimaryCtxRelease_v2(CUdevice dev)
  cuDevicePrimaryCtxRelease_v2: { parameters: ["i32"], result: "i32" },
  // CUresult cuCtxSetCurrent(CUcontext ctx)
  cuCtxSetCurrent: { parameters: ["u64"], result: "i32" },
  // CUresult cuStreamCreate(CUstream *phStream, unsigned int Flags)
  cuStreamCreate: { parameters: ["buffer", "u32"], result: "i32" },
  // CUresult cuStreamSynchronize(CUstream hStream)
  cuStreamSynchronize: { parameters: ["u64"], result: "i32" },
  // CUresult cuStreamDestroy_v2(CUstream hStream)
  cuStreamDestroy_v2: { parameters: ["u64"], result: "i32" },
  // CUresult cuStreamWaitEvent(CUstream hStream, CUevent hEvent, unsigned int Flags)
  cuStreamWaitEvent: { parameters: ["u64", "u64", "u32"], result: "i32" },
  // CUresult cuStreamBeginCapture_v2(CUstream hStream, CUstreamCaptureMode mode)
  cuStreamBeginCapture_v2: { parameters: ["u64", "i32"], result: "i32" },
  // CUresult cuStreamEndCapture(CUstream hStream, CUgraph *phGraph)
  cuStreamEndCapture: { parameters: ["u64", "buffer"], result: "i32" },
  // CUresult cuGraphInstantiateWithFlags(CUgraphExec *phGraphExec, CUgraph hGraph,
  //   unsigned long long flags)
  cuGraphInstantiateWithFlags: { parameters: ["buffer", "u64", "u64"], result: "i32" },
  // CUresult cuGraphUpload(CUgraphExec hGraphExec, CUstream hStream)
  cuGraphUpload: { parameters: ["u64", "u64"], result: "i32" },
  // CUresult cuGraphLaunch(CUgraphExec hGraphExec, CUstream hStream)
  cuGraphLaunch: { parameters: ["u64", "u64"], result: "i32" },
  // CUresult cuGraphExecDestroy(CUgraphExec hGraphExec)
  cuGraphExecDestroy: { parameters: ["u64"], result: "i32" },
  // CUresult cuGraphDestroy(CUgraph hGraph)
  cuGraphDestroy: { parameters: ["u64"], result: "i32" },
  // CUresult cuEventCreate(CUevent *phEvent, unsigned int Flags)
  cuEventCreate: { parameters: ["buffer", "u32"], result: "i32" },
  // CUresult cuEventRecord(CUevent hEvent, CUstream hStream)
  cuEventRecord: { parameters: ["u64", "u64"], result: "i32" },
  // CUresult cuEventRecordWithFlags(CUevent hEvent, CUstream hStream, unsigned int flags)
  cuEventRecordWithFlags: { parameters: ["u64", "u64", "u32"], result: "i32" },
  // CUresult cuEventSynchronize(CUevent hEvent)
  cuEventSynchronize: { parameters: ["u64"], result: "i32" },
  // CUresult cuEventElapsedTime(float *pMilliseconds, CUevent hStart, CUevent hEnd)
  cuEventElapsedTime: { parameters: ["buffer", "u64", "u64"], result: "i32" },
  // CUresult cuEventDestroy_v2(CUevent hEvent)
  cuEventDestroy_v2: { parameters: ["u64"], result: "i32" },

  // CUresult cuMemGetInfo_v2(size_t *free, size_t *total)
  cuMemGetInfo_v2: { parameters: ["buffer", "buffer"], result: "i32" },
  // CUresult cuMemAlloc_v2(CUdeviceptr *dptr, size_t bytesize)
  cuMemAlloc_v2: { parameters: ["buffer", "usize"], result: "i32" },
  // CUresult cuMemFree_v2(CUdeviceptr dptr)
  cuMemFree_v2: { parameters: ["u64"], result: "i32" },
  // CUresult cuMemAllocHost_v2(void **pp, size_t bytesize)
  cuMemAllocHost_v2: { parameters: ["buffer", "usize"], result: "i32" },
  // CUresult cuMemFreeHost(void *p)
  cuMemFreeHost: { parameters: ["u64"], result: "i32" },
  // CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr dstDevice, const void *srcHost, size_t ByteCount,
  //   CUstream hStream)
  cuMemcpyHtoDAsync_v2: { parameters: ["u64", "buffer", "usize", "u64"], result: "i32" },
  // CUresult cuMemcpyDtoHAsync_v2(void *dstHost, CUdeviceptr srcDevice, size_t ByteCount,
  //   CUstream hStream)
  cuMemcpyDtoHAsync_v2: { parameters: ["buffer", "u64", "usize", "u64"], result: "i32" },
  // CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr dstDevice, CUdeviceptr srcDevice, size_t ByteCount,
  //   CUstream hStream)
  cuMemcpyDtoDAsync_v2: { parameters: ["u64", "u64", "usize", "u64"], result: "i32" },

  // CUresult cuModuleLoadData(CUmodule *module, const void *image)
  cuModuleLoadData: { parameters: ["buffer", "buffer"], result: "i32" },
  // CUresult cuModuleUnload(CUmodule hmod)
  cuModuleUnload: { parameters: ["u64"], result: "i32" },
  // CUresult cuModuleGetFunction(CUfunction *hfunc, CUmodule hmod, const char *name)
  cuModuleGetFunction: { parameters: ["buffer", "u64", "buffer"], result: "i32" },
  // CUresult cuLaunchKernel(CUfunction f, unsigned int gridDimX, unsigned int gridDimY,
  //   unsigned int gridDimZ, unsigned int blockDimX, unsigned int blockDimY,
  //   unsigned int blockDimZ, unsigned int sharedMemBytes, CUstream hStream, void **kernelParams,
  //   void **extra)
  cuLaunchKernel: {
    parameters: ["u64", "u32", "u32", "u32", "u32", "u32", "u32", "u32", "u64", "buffer", "u64"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `CUdevice_attribute`: what is asked of a device. */
export const DEVICE_ATTRIBUTE = {
  multiprocessors: 16,
  computeCapabilityMajor: 75,
  computeCapabilityMinor: 76,
} as const;

/** `CUresult`s that mean something to this backend. */
export const CUDA_STATUS = { success: 0, outOfMemory: 2, noDevice: 100 } as const;

/** `CU_EVENT_RECORD_EXTERNAL`: captured work records the event whenever it is launched. */
export const EVENT_RECORD_EXTERNAL = 1;

/** `CU_STREAM_NON_BLOCKING`: does not wait for the default stream. */
export const STREAM_NON_BLOCKING = 1;

/**
 * `CU_STREAM_CAPTURE_MODE_RELAXED`: a library may take memory while its work is recorded, as cuDNN's
 * engines do where they run for the first time.
 */
export const CAPTURE_RELAXED = 2;
