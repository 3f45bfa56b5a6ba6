/**
 * Element types of tensors.
 *
 * @module
 */

import { MissingError } from "./errors.ts";

/** Element types and their size in bytes. `bf16` is held in a Uint16Array. */
export const DTYPE_BYTES = {
  f64: 8,
  f32: 4,
  bf16: 2,
  i32: 4,
  i16: 2,
  u16: 2,
  u8: 1,
} as const;

/** Name of an element type. */
export type DType = keyof typeof DTYPE_BYTES;

/** Typed array that holds the elements of each type. */
export interface DTypeArrays {
  /** Double precision. */
  f64: Float64Array<ArrayBuffer>;
  /** Single precision. */
  f32: Float32Array<ArrayBuffer>;
  /** The upper 16 bits of single precision. */
  bf16: Uint16Array<ArrayBuffer>;
  /** Signed, 32 bits. */
  i32: Int32Array<ArrayBuffer>;
  /** Signed, 16 bits. */
  i16: Int16Array<ArrayBuffer>;
  /** Unsigned, 16 bits. */
  u16: Uint16Array<ArrayBuffer>;
  /** Unsigned, 8 bits. */
  u8: Uint8Array<ArrayBuffer>;
}

const CONSTRUCTORS: {
  readonly [K in DType]: new (
    buffer: ArrayBuffer,
    byteOffset?: number,
    length?: number,
  ) => DTypeArrays[K];
} = {
  f64: Float64Array,
  f32: Float32Array,
  bf16: Uint16Array,
  i32: Int32Array,
  i16: Int16Array,
  u16: Uint16Array,
  u8: Uint8Array,
};

/** A view of `length` elements of type `dtype` on a buffer. */
export function viewOf<K extends DType>(
  dtype: K,
  buffer: ArrayBuffer,
  byteOffset = 0,
  length: number = (buffer.byteLength - byteOffset) / DTYPE_BYTES[dtype],
): DTypeArrays[K] {
  return new CONSTRUCTORS[dtype](buffer, byteOffset, length);
}

/**
 * A zeroed array of `length` elements of type `dtype`.
 *
 * @throws MissingError when this machine cannot give so much memory
 */
export function allocate<K extends DType>(dtype: K, length: number): DTypeArrays[K] {
  return viewOf(dtype, allocateBytes(length * DTYPE_BYTES[dtype]));
}

/**
 * Zeroed memory of `size` bytes.
 *
 * @throws MissingError when this machine cannot give so much
 */
export function allocateBytes(size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(size);
  } catch (cause) {
    throw new MissingError(
      `this machine cannot give ${(size / 1e9).toFixed(1)} GB of memory in one piece`,
      { cause, advice: "choose a smaller input, batch or model" },
    );
  }
}
