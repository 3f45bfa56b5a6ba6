/**
 * Whether the numbers of a weight can be right at all.
 *
 * A library may turn what is not a number into a plausible mask: the maximum of NaN and 0 is 0 on
 * some processors. So weights are looked at before anything is computed with them.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { formatPlace } from "../base/shapes.ts";
import { fromBf16, type Tensor } from "../tensor/tensor.ts";

/** Below it single precision loses digits: the smallest normal number. */
const SMALLEST_NORMAL = 2 ** -126;

/** From here on products of two weights leave single precision. */
const LARGEST_SENSIBLE = 1e18;

/** Running variances, by their name in a `state_dict`. */
const VARIANCE = /(^|\.)running_var$/;

/**
 * Refuses a weight that holds NaN or an infinity (in single precision, which computes with it), a
 * negative variance, nothing but numbers too small to be meant, or one so large that products overflow.
 *
 * @throws InputError that names the tensor, the place and the value
 *
 * @example
 * ```ts
 * import { requireSound } from "./sound_weights.ts";
 * import { tensor } from "../tensor/tensor.ts";
 * import assert from "node:assert/strict";
 * const weight = tensor("f32", [2, 2], Float32Array.of(1, 2, NaN, 4));
 * assert.throws(() => requireSound("conv.weight", weight), /conv\.weight holds NaN at \[1, 0\]/);
 * ```
 */
export function requireSound(name: string, { dtype, data, shape }: Tensor): void {
  const decode = dtype === "bf16" ? fromBf16 : Math.fround;
  const lowest = VARIANCE.test(name) ? 0 : -Infinity;
  let [largest, unsound] = [0, -1];
  for (let i = 0; i < data.length; i++) {
    const value = decode(data[i]);
    // of NaN nothing is true
    if (!(value >= lowest && value - value === 0)) {
      unsound = i;
      break;
    }
    const size = value < 0 ? -value : value;
    if (size > largest) largest = size;
  }
  if (unsound >= 0) {
    const value = dtype === "bf16" ? fromBf16(data[unsound]) : data[unsound];
    const negative = value < lowest ? ", and a variance cannot be negative" : "";
    throw new InputError(
      `the weight ${name} holds ${value} at ${formatPlace(unsound, shape)}${negative}`,
      {
        advice: "the training may have diverged, or the file be damaged: take another checkpoint",
        details: { tensor: name, index: unsound },
      },
    );
  }
  const all = "the file may be damaged, or its numbers be of another type than it says";
  if (largest > 0 && largest < SMALLEST_NORMAL) {
    throw new InputError(
      `the weight ${name} holds nothing but numbers below ${SMALLEST_NORMAL.toPrecision(3)}, at ` +
        `most ${largest.toPrecision(3)}: no training gives such numbers`,
      { advice: all, details: { tensor: name } },
    );
  }
  if (largest >= LARGEST_SENSIBLE) {
    throw new InputError(
      `the weight ${name} holds a number of size ${
        largest.toPrecision(3)
      }: no training gives such ` +
        "numbers, and products of them overflow",
      { advice: all, details: { tensor: name } },
    );
  }
}
