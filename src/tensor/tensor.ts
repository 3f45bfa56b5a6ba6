/**
 * Tensors in host memory.
 *
 * @module
 */

import { allocate, type DType, type DTypeArrays } from "../base/dtypes.ts";
import { InputError } from "../base/errors.ts";
import { elements, formatShape, type Shape } from "../base/shapes.ts";

/** A dense tensor in host memory, in logical row-major order (N, C, (D,) H, W). */
export interface Tensor<K extends DType = DType> {
  /** Element type. */
  readonly dtype: K;
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** The elements, last axis fastest. */
  readonly data: DTypeArrays[K];
}

/** Tensors by name, such as the weights of a model by their PyTorch `state_dict` names. */
export type Tensors = ReadonlyMap<string, Tensor>;

/**
 * A tensor over existing elements.
 *
 * @throws InputError when the number of elements is not that of the shape
 */
export function tensor<K extends DType>(
  dtype: K,
  shape: Shape,
  data: DTypeArrays[K] = allocate(dtype, elements(shape)),
): Tensor<K> {
  if (data.length !== elements(shape)) {
    throw new InputError(
      `a tensor of shape ${formatShape(shape)} needs ${
        elements(shape)
      } elements, not ${data.length}`,
    );
  }
  return { dtype, shape, data };
}

/** Rounds a number to bf16 (nearest, ties to even) and gives its 16 bits. NaN stays NaN. */
export function toBf16(value: number): number {
  SCRATCH_F32[0] = value;
  const bits = SCRATCH_U32[0];
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number that 16 bits of bf16 stand for. */
export function fromBf16(bits: number): number {
  SCRATCH_U32[0] = bits << 16;
  return SCRATCH_F32[0];
}

const SCRATCH_F32 = new Float32Array(1);
const SCRATCH_U32 = new Uint32Array(SCRATCH_F32.buffer);

/** The elements of a tensor as single precision; shares memory when they already are. */
export function asFloat32(tensor: Tensor): Float32Array<ArrayBuffer> {
  if (tensor.dtype === "f32") return tensor.data as Float32Array<ArrayBuffer>;
  if (tensor.dtype === "bf16") return Float32Array.from(tensor.data, fromBf16);
  return new Float32Array(tensor.data as ArrayLike<number>);
}

/** The elements of a tensor as double precision; shares memory when they already are. */
export function asFloat64(tensor: Tensor): Float64Array<ArrayBuffer> {
  if (tensor.dtype === "f64") return tensor.data as Float64Array<ArrayBuffer>;
  if (tensor.dtype === "bf16") return Float64Array.from(tensor.data, fromBf16);
  return new Float64Array(tensor.data as ArrayLike<number>);
}
