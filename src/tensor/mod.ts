/**
 * Tensors in host memory, and safetensors files.
 *
 * @module
 */

export { type DType, DTYPE_BYTES, type DTypeArrays } from "../base/dtypes.ts";
export type { Shape } from "../base/shapes.ts";
export { asFloat32, asFloat64, type Tensor, tensor, type Tensors } from "./tensor.ts";
export {
  indexSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsIndex,
  type StoredTensor,
  writeSafetensors,
} from "./safetensors.ts";
export { STORED_BYTES, type StoredType } from "./safetensors_types.ts";
