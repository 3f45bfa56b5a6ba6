/**
 * Element types of tensors on the device.
 *
 * @module
 */

/** Bytes of an element. */
export const DATA_BYTES = { f32: 4, f16: 2, bf16: 2 } as const;

export type DataType = keyof typeof DATA_BYTES;

/** Whether a kernel meets floats, where it might meet elements of its program's type. */
export function single(type: DataType): 0 | 1 {
  return type === "f32" ? 1 : 0;
}
