/**
 * Numbers rounded to the element types of the device.
 *
 * @module
 */

import { toBf16 } from "../../tensor/tensor.ts";
import type { DataType } from "./constants.ts";

/** Numbers of any size. */
type Numbers = Float32Array | Float64Array;

/** Memory that can be handed to the device. */
type Packed = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

const RULES: Readonly<Record<DataType, (numbers: Numbers) => Packed>> = {
  f32: (numbers) => Float32Array.from(numbers),
  f16: (numbers) => new Uint16Array(Float16Array.from(numbers).buffer),
  bf16(numbers) {
    const packed = new Uint16Array(numbers.length);
    // `from` with a function takes ten times as long
    for (let i = 0; i < packed.length; i++) packed[i] = toBf16(numbers[i]);
    return packed;
  },
};

/**
 * Numbers rounded to the nearest of a type, ties to even.
 *
 * @example
 * ```ts
 * import { rounded } from "./halves.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...rounded(Float32Array.of(1, -2), "bf16")], [0x3f80, 0xc000]);
 * ```
 */
export function rounded(numbers: Numbers, type: DataType): Packed {
  return RULES[type](numbers);
}
