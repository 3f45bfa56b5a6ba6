/**
 * How continuous one mask is along z.
 *
 * n is the normalised area-plot of a mask. A lesion's plot is uneven too, so each measure is to be
 * read beside the truth's: only what exceeds it is an error.
 *
 * @module
 */

import { normalised, sliceAreas } from "./area_plot.ts";
import type { Curve } from "./curve_similarity.ts";
import type { Triple } from "./distances.ts";
import { type Measured, measured, undefinedBecause } from "./metric.ts";
import { confusion, dice } from "./overlap.ts";

/** Empty slices in a row that still count as a hole; more of them part two lesions. */
export const LONGEST_HOLE = 3;

/** Total variation Σ |n_{i+1} - n_i|. Undefined for fewer than two slices. */
export function totalVariation(plot: Curve): Measured {
  const steps = differences(plot).map(Math.abs);
  if (steps.length === 0) return undefinedBecause("there are fewer than two slices");
  return measured(sum(steps));
}

/** Roughness: mean of the squared second difference. Undefined for fewer than three slices. */
export function roughness(plot: Curve): Measured {
  const bends = differences(differences(plot)).map((bend) => bend * bend);
  if (bends.length === 0) return undefinedBecause("there are fewer than three slices");
  return measured(sum(bends) / bends.length);
}

/**
 * Flip rate: changes between a slice with foreground and one without, per 100 slices of the scan.
 * Undefined for fewer than two slices.
 */
export function flipRate(plot: Curve): Measured {
  if (plot.length < 2) return undefinedBecause("there are fewer than two slices");
  const flips = differences(Array.from(plot, (area) => (area > 0 ? 1 : 0)));
  return measured(100 * sum(flips.map(Math.abs)) / plot.length);
}

/**
 * Holes: runs of one to three empty slices with a slice that has foreground right before and right
 * after. Empty slices at the ends of the scan are no holes.
 *
 * @example
 * ```ts
 * import { holes } from "./continuity.ts";
 * import assert from "node:assert/strict";
 * assert.equal(holes([0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0]).value, 2);
 * ```
 */
export function holes(plot: Curve): Measured {
  let count = 0;
  let lastPositive = -1;
  for (let i = 0; i < plot.length; i++) {
    if (plot[i] === 0) continue;
    const empty = i - lastPositive - 1;
    if (lastPositive >= 0 && empty >= 1 && empty <= LONGEST_HOLE) count++;
    lastPositive = i;
  }
  return measured(count);
}

/**
 * Mean Dice of each slice with the next, over the neighbours of which at least one has foreground.
 * Undefined where there are none.
 *
 * @param mask 0 or 1 a voxel, order (z, y, x)
 * @param shape sizes of the mask
 */
export function adjacentDice(mask: Uint8Array, shape: Triple): Measured {
  const pixels = shape[1] * shape[2];
  const values: number[] = [];
  for (let z = 0; z + 1 < shape[0]; z++) {
    const slice = mask.subarray(z * pixels, (z + 1) * pixels);
    const next = mask.subarray((z + 1) * pixels, (z + 2) * pixels);
    const { value } = dice(confusion(slice, next));
    if (value !== null) values.push(value);
  }
  return values.length === 0
    ? undefinedBecause("no two neighbouring slices hold foreground")
    : measured(sum(values) / values.length);
}

/**
 * Seam index: mean |Δn| at stack borders / mean |Δn| elsewhere. 1 where the prediction does not
 * show the borders, more where it jumps there.
 *
 * @param plot normalised area-plot
 * @param borders slices that are the first after a border, see `stackBorders`
 */
export function seamIndex(plot: Curve, borders: readonly number[]): Measured {
  const steps = differences(plot).map(Math.abs); // steps[i] leads to slice i + 1
  const atBorder = new Set(borders);
  const inside = steps.filter((_, i) => !atBorder.has(i + 1));
  const across = steps.filter((_, i) => atBorder.has(i + 1));
  if (across.length === 0) return undefinedBecause("no stack border lies inside the scan");
  if (inside.length === 0) return undefinedBecause("every slice is a stack border");
  if (sum(inside) === 0) return undefinedBecause("the area-plot is flat between stack borders");
  return measured((sum(across) / across.length) / (sum(inside) / inside.length));
}

/**
 * The slices at which the stacks that make up a prediction change: where one begins or has ended.
 *
 * @param stacks first slice and the one after the last, of each stack
 * @param slices slices of the scan; what lies past it is padding
 * @returns ascending, in [1, slices - 1]
 *
 * @example
 * ```ts
 * import { stackBorders } from "./continuity.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(stackBorders([{ start: 0, end: 4 }, { start: 3, end: 7 }], 6), [3, 4]);
 * ```
 */
export function stackBorders(
  stacks: readonly { readonly start: number; readonly end: number }[],
  slices: number,
): number[] {
  const borders = new Set(stacks.flatMap(({ start, end }) => [start, end]));
  return [...borders].filter((z) => z > 0 && z < slices).sort((a, b) => a - b);
}

/** What is known of the continuity of one mask. */
export interface Continuity {
  /** Σ |Δn|. */
  readonly total_variation: Measured;
  /** Mean (Δ²n)². */
  readonly roughness: Measured;
  /** Changes of presence per 100 slices. */
  readonly flip_rate: Measured;
  /** Runs of one to three empty slices between slices with foreground. */
  readonly holes: Measured;
  /** Mean Dice of neighbouring slices. */
  readonly adjacent_dice: Measured;
  /** Mean |Δn| at stack borders over mean |Δn| elsewhere. */
  readonly seam_index: Measured;
}

/**
 * The continuity of one mask.
 *
 * @param mask 0 or 1 a voxel, order (z, y, x)
 * @param shape sizes of the mask
 * @param borders stack borders; null where they are not known
 */
export function continuity(
  mask: Uint8Array,
  shape: Triple,
  borders: readonly number[] | null,
): Continuity {
  const plot = normalised(sliceAreas(mask, shape));
  return {
    total_variation: totalVariation(plot),
    roughness: roughness(plot),
    flip_rate: flipRate(plot),
    holes: holes(plot),
    adjacent_dice: adjacentDice(mask, shape),
    seam_index: borders === null
      ? undefinedBecause("the stack borders are not known")
      : seamIndex(plot, borders),
  };
}

function differences(curve: Curve): number[] {
  return Array.from({ length: Math.max(0, curve.length - 1) }, (_, i) => curve[i + 1] - curve[i]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
