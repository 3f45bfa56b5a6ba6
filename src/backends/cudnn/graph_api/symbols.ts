/**
 * Functions of cuDNN 9, each with its declaration from `cudnn_graph.h`: the graph (backend) API,
 * which is seven functions and attributes; everything older is deprecated.
 *
 * @module
 */

/** Functions that this backend calls. */
export const CUDNN_SYMBOLS = {
  // size_t cudnnGetVersion(void)
  cudnnGetVersion: { parameters: [], result: "usize" },
  // size_t cudnnGetCudartVersion(void)
  cudnnGetCudartVersion: { parameters: [], result: "usize" },
  // const char *cudnnGetErrorString(cudnnStatus_t status)
  cudnnGetErrorString: { parameters: ["i32"], result: "u64" },
  // void cudnnGetLastErrorString(char *message, size_t max_size)
  cudnnGetLastErrorString: { parameters: ["buffer", "usize"], result: "void" },
  // cudnnStatus_t cudnnCreate(cudnnHandle_t *handle)
  cudnnCreate: { parameters: ["buffer"], result: "i32" },
  // cudnnStatus_t cudnnDestroy(cudnnHandle_t handle)
  cudnnDestroy: { parameters: ["u64"], result: "i32" },
  // cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId)
  cudnnSetStream: { parameters: ["u64", "u64"], result: "i32" },

  // cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t descriptorType,
  //   cudnnBackendDescriptor_t *descriptor)
  cudnnBackendCreateDescriptor: { parameters: ["i32", "buffer"], result: "i32" },
  // cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor)
  cudnnBackendDestroyDescriptor: { parameters: ["u64"], result: "i32" },
  // cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor,
  //   cudnnBackendAttributeName_t attributeName, cudnnBackendAttributeType_t attributeType,
  //   int64_t elementCount, const void *arrayOfElements)
  cudnnBackendSetAttribute: { parameters: ["u64", "i32", "i32", "i64", "buffer"], result: "i32" },
  // cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t const descriptor,
  //   cudnnBackendAttributeName_t attributeName, cudnnBackendAttributeType_t attributeType,
  //   int64_t requestedElementCount, int64_t *elementCount, void *arrayOfElements)
  cudnnBackendGetAttribute: {
    parameters: ["u64", "i32", "i32", "i64", "buffer", "buffer"],
    result: "i32",
  },
  // cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor)
  cudnnBackendFinalize: { parameters: ["u64"], result: "i32" },
  // cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle,
  //   cudnnBackendDescriptor_t executionPlan, cudnnBackendDescriptor_t variantPack)
  cudnnBackendExecute: { parameters: ["u64", "u64", "u64"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;
