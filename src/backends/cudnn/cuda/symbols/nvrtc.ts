/**
 * Functions of NVRTC, each with its declaration from `nvrtc.h`. They need no GPU and no driver.
 *
 * @module
 */

/** Functions that this backend calls. */
export const NVRTC_SYMBOLS = {
  // nvrtcResult nvrtcVersion(int *major, int *minor)
  nvrtcVersion: { parameters: ["buffer", "buffer"], result: "i32" },
  // const char *nvrtcGetErrorString(nvrtcResult result)
  nvrtcGetErrorString: { parameters: ["i32"], result: "u64" },
  // nvrtcResult nvrtcCreateProgram(nvrtcProgram *prog, const char *src, const char *name,
  //   int numHeaders, const char *const *headers, const char *const *includeNames)
  nvrtcCreateProgram: {
    parameters: ["buffer", "buffer", "buffer", "i32", "u64", "u64"],
    result: "i32",
  },
  // nvrtcResult nvrtcDestroyProgram(nvrtcProgram *prog)
  nvrtcDestroyProgram: { parameters: ["buffer"], result: "i32" },
  // nvrtcResult nvrtcCompileProgram(nvrtcProgram prog, int numOptions, const char *const *options)
  nvrtcCompileProgram: { parameters: ["u64", "i32", "buffer"], result: "i32" },
  // nvrtcResult nvrtcGetCUBINSize(nvrtcProgram prog, size_t *cubinSizeRet)
  nvrtcGetCUBINSize: { parameters: ["u64", "buffer"], result: "i32" },
  // nvrtcResult nvrtcGetCUBIN(nvrtcProgram prog, char *cubin)
  nvrtcGetCUBIN: { parameters: ["u64", "buffer"], result: "i32" },
  // nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram prog, size_t *logSizeRet)
  nvrtcGetProgramLogSize: { parameters: ["u64", "buffer"], result: "i32" },
  // nvrtcResult nvrtcGetProgramLog(nvrtcProgram prog, char *log)
  nvrtcGetProgramLog: { parameters: ["u64", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;
