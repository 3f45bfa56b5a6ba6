/**
 * Looking at data again and again while it comes in, without being fooled more often than promised.
 *
 * A test that is repeated at every look is wrong more often than one that is done once. Here the
 * whole chance of a false alarm is spent over the looks by a function of the information so far
 * (Lan and DeMets 1983), so that neither their number nor their places need be known beforehand.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { normalQuantile, normalShare } from "./normal.ts";

/**
 * How much of the chance of a false alarm may be spent by a share of the information, with bounds
 * as O'Brien and Fleming's: hardly any early, so that little is lost at the end.
 *
 * @param alpha one-sided chance in all, in (0, 1)
 * @param information share of all the information, in [0, 1]
 *
 * @example
 * ```ts
 * import { spent } from "./group_sequential.ts";
 * import assert from "node:assert/strict";
 * assert.equal(spent(0.025, 1), 0.025);
 * assert.ok(spent(0.025, 0.5) < 0.002);
 * ```
 */
export function spent(alpha: number, information: number): number {
  if (information >= 1) return alpha;
  if (information <= 0) return 0;
  return 2 * normalShare(normalQuantile(alpha / 2) / Math.sqrt(information));
}

/**
 * Upper bounds of a standardised sum, one a look, that it crosses under no effect with the chance
 * `alpha` at any look (Armitage, McPherson and Rowe 1969; Jennison and Turnbull 2000, chapter 19).
 *
 * @param alpha one-sided chance in all, in (0, 0.5)
 * @param information share of all the information at each look, rising, up to 1
 * @param final whether the last of them is the last of all, so that what is left may be spent there,
 * though less information came than was planned; that must not follow from what the data say
 * @throws InputError where the looks do not rise or `alpha` is out of range
 *
 * @example
 * ```ts
 * import { upperBounds } from "./group_sequential.ts";
 * import assert from "node:assert/strict";
 * const bounds = upperBounds(0.025, [0.2, 0.4, 0.6, 0.8, 1]).map((bound) => bound.toFixed(2));
 * assert.deepEqual(bounds, ["4.88", "3.36", "2.68", "2.29", "2.03"]);
 * ```
 */
export function upperBounds(
  alpha: number,
  information: readonly number[],
  final = false,
): number[] {
  if (!(alpha > 0 && alpha < 0.5)) throw new InputError(`alpha lies in (0, 0.5), not at ${alpha}.`);
  const bounds: number[] = [];
  let inside: Density | null = null;
  let [before, already] = [0, 0];
  for (const [look, share] of information.entries()) {
    if (!(share > before && share <= 1)) {
      throw new InputError(`The information of looks rises to 1, not from ${before} to ${share}.`);
    }
    const all = final && look === information.length - 1;
    const chance = Math.max((all ? alpha : spent(alpha, share)) - already, 0);
    const sum = boundOf(inside, share - before, chance);
    bounds.push(sum / Math.sqrt(share));
    inside = densityBelow(inside, share - before, sum);
    [before, already] = [share, already + chance];
  }
  return bounds;
}

/** Where a sum that crossed no bound so far may be, in points and weights of an integral. */
interface Density {
  readonly points: Float64Array;
  /** Density times the weight of Simpson's rule. */
  readonly weights: Float64Array;
}

/** Points of an integral: with these the bounds hold to about six digits. */
const POINTS = 401;

/** Standard deviations below which nothing is left. */
const REACH = 8;

/** No chance is so small that a bound above this many standard deviations is needed. */
const HIGHEST = 40;

/** The sum that the next look exceeds with a given chance, having crossed nothing before. */
function boundOf(inside: Density | null, step: number, chance: number): number {
  let [low, high] = [-REACH, HIGHEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (chanceAbove(inside, step, middle) > chance) low = middle;
    else high = middle;
  }
  return high;
}

function chanceAbove(inside: Density | null, step: number, bound: number): number {
  const deviation = Math.sqrt(step);
  if (inside === null) return normalShare(-bound / deviation);
  const { points, weights } = inside;
  let chance = 0;
  for (let i = 0; i < points.length; i++) {
    chance += weights[i] * normalShare((points[i] - bound) / deviation);
  }
  return chance;
}

/** The density of the next sum below its bound. */
function densityBelow(inside: Density | null, step: number, bound: number): Density {
  const deviation = Math.sqrt(step);
  const lowest = (inside ? inside.points[0] : 0) - REACH * deviation;
  const width = (bound - lowest) / (POINTS - 1);
  const points = Float64Array.from({ length: POINTS }, (_, i) => lowest + i * width);
  const height = 1 / (deviation * Math.sqrt(2 * Math.PI));
  const weights = points.map((point, i) => {
    let density = 0;
    if (inside === null) density = height * Math.exp(-(point ** 2) / (2 * step));
    else {
      for (let j = 0; j < inside.points.length; j++) {
        density += inside.weights[j] * height *
          Math.exp(-((point - inside.points[j]) ** 2) / (2 * step));
      }
    }
    return density * simpson(i) * width;
  });
  return { points, weights };
}

/** Weight of a point in Simpson's rule: 1/3, 4/3, 2/3, 4/3, ..., 1/3. */
function simpson(point: number): number {
  if (point === 0 || point === POINTS - 1) return 1 / 3;
  return point % 2 === 1 ? 4 / 3 : 2 / 3;
}
