/**
 * Host memory at fixed addresses.
 *
 * @module
 */

import { allocateBytes } from "../base/dtypes.ts";

/** Addresses are multiples of this: a cache line, and the widest vector. */
const ALIGNMENT = 64;

/** Memory that native code may keep the address of while this object lives. */
export interface Buffer {
  /** The bytes; their address is a multiple of 64. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Address of the first byte. */
  readonly address: bigint;
}

/**
 * Zeroed memory.
 *
 * @throws MissingError when this machine cannot give so much
 */
export function allocateBuffer(size: number): Buffer {
  const whole = new Uint8Array(allocateBytes(size + ALIGNMENT));
  const start = addressOf(whole);
  const skip = Number(-start & BigInt(ALIGNMENT - 1));
  return { bytes: whole.subarray(skip, skip + size), address: start + BigInt(skip) };
}

/** Address of the elements of an array; good while the array lives. */
export function addressOf(array: ArrayBufferView<ArrayBufferLike>): bigint {
  // asking for its buffer moves a small array off the heap, where the collector moves nothing
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes as Uint8Array<ArrayBuffer>));
}
