/**
 * Element types of safetensors files, and what they become in memory. Types that this program
 * does not have are widened to one that holds every value exactly.
 *
 * @module
 */

import { allocate, type DType, DTYPE_BYTES, viewOf } from "../base/dtypes.ts";
import type { Shape } from "../base/shapes.ts";
import { type Tensor, tensor } from "./tensor.ts";

/** Element types in files and their sizes in bytes. */
export const STORED_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

/** Name of an element type in a file. */
export type StoredType = keyof typeof STORED_BYTES;

/** Whether a value of a header names an element type. */
export function isStoredType(value: unknown): value is StoredType {
  return typeof value === "string" && Object.hasOwn(STORED_BYTES, value);
}

/**
 * Element type in a file of each one in memory, in the order in which the tensors of a file are
 * written: wide ones first, so that every tensor is aligned to its elements.
 */
export const WRITTEN: readonly (readonly [DType, StoredType])[] = [
  ["f64", "F64"],
  ["f32", "F32"],
  ["i32", "I32"],
  ["bf16", "BF16"],
  ["u16", "U16"],
  ["i16", "I16"],
  ["u8", "U8"],
];

/** How the elements of types that memory does not have are read. */
const WIDENED: Partial<
  Record<StoredType, { readonly to: DType; read(view: DataView, byte: number): number }>
> = {
  BOOL: { to: "u8", read: (view, byte) => view.getUint8(byte) },
  I8: { to: "i16", read: (view, byte) => view.getInt8(byte) },
  F16: { to: "f32", read: (view, byte) => view.getFloat16(byte, true) },
  U32: { to: "f64", read: (view, byte) => view.getUint32(byte, true) },
  I64: { to: "f64", read: (view, byte) => Number(view.getBigInt64(byte, true)) },
  U64: { to: "f64", read: (view, byte) => Number(view.getBigUint64(byte, true)) },
};

/**
 * A tensor over the bytes of a file; over the very same bytes unless they must be widened.
 *
 * @returns undefined when an integer is too large to be held exactly
 */
export function tensorFromBytes(
  type: StoredType,
  shape: Shape,
  bytes: ArrayBuffer,
): Tensor | undefined {
  const widened = WIDENED[type];
  if (!widened) {
    const dtype = WRITTEN.find(([, stored]) => stored === type)![0];
    return tensor(dtype, shape, viewOf(dtype, bytes));
  }
  const view = new DataView(bytes);
  const size = STORED_BYTES[type];
  const data = allocate(widened.to, bytes.byteLength / size);
  for (let i = 0; i < data.length; i++) data[i] = widened.read(view, i * size);
  const exact = STORED_BYTES[type] < DTYPE_BYTES.f64 || data.every(Number.isSafeInteger);
  return exact ? tensor(widened.to, shape, data) : undefined;
}
