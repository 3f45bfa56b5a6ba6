/**
 * Numbers rounded to the element types of the device.
 *
 * @module
 */

import type { DataType } from "../cuda/data_type.ts";

/** Numbers of any size. */
type Numbers = Float32Array | Float64Array;

/** Memory that can be handed to the device. */
type Packed = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

const RULES: Readonly<Record<DataType, (numbers: Numbers) => Packed>> = {
  f32: (numbers) => new Float32Array(numbers),
  f16: (numbers) => new Uint16Array(new Float16Array(numbers).buffer),
  bf16,
};

/**
 * Numbers rounded to the nearest of a type, ties to even.
 *
 * @example
 * ```ts
 * import { rounded } from "./rounding.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...rounded(Float32Array.of(1, -2), "bf16")], [0x3f80, 0xc000]);
 * ```
 */
export function rounded(numbers: Numbers, type: DataType): Packed {
  return RULES[type](numbers);
}

/** The upper halves of floats, rounded. A plain loop: 200 million slopes go through here. */
function bf16(numbers: Numbers): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(new Float32Array(numbers).buffer);
  const halves = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    // NaN stays NaN, whatever is cut off
    halves[i] = (word & 0x7fffffff) > 0x7f800000
      ? (word >>> 16) | 0x40
      : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}
