/**
 * What the metrics of one pair of masks tell of each other: numbers that contradict it are of no pair.
 *
 * @module
 */

import { isClose, isWhole } from "../base/close.ts";

/** The scan that masks are of, as far as it bounds them. */
export interface ScanFacts {
  /** Voxels along each axis. */
  readonly shape: readonly number[];
  /** Millimetres between them; null where they are not known. */
  readonly spacing: readonly number[] | null;
  /** Voxels of the true mask; null where there is none. */
  readonly truthVoxels: number | null;
}

/** A value that contradicts the others or the scan. */
export interface Contradiction {
  /** Name of the metric. */
  readonly metric: string;
  /** What is wrong with its value. */
  readonly problem: string;
}

/**
 * Contradictions among the metrics of a pair, and with its scan.
 *
 * @param value of a metric by name; null where it has none
 *
 * @example
 * ```ts
 * import { contradictionsAmong } from "./relations.ts";
 * import assert from "node:assert/strict";
 * const scan = { shape: [4, 4, 4], spacing: [1, 1, 1], truthVoxels: 10 };
 * const told = new Map([["dice", 0.8], ["iou", 0.9]]);
 * const [{ metric }] = contradictionsAmong((name) => told.get(name) ?? null, scan);
 * assert.equal(metric, "iou");
 * ```
 */
export function* contradictionsAmong(
  value: (name: string) => number | null,
  { shape, spacing, truthVoxels }: ScanFacts,
): Generator<Contradiction> {
  for (const metric of ["hd95", "hd95_voxel"]) {
    const distance = value(metric);
    if (distance === null) continue;
    // surfaces lie half a voxel around the outermost voxels
    const longest = spacing && Math.hypot(...shape.map((size, axis) => size * spacing[axis]));
    if (longest === null) yield { metric, problem: "the scan's spacing is not known" };
    else if (distance > longest) {
      const problem = `${distance} mm in a scan of ${longest} mm from corner to corner`;
      yield { metric, problem };
    }
  }
  const [within1, within2] = [value("surface_dice_1mm"), value("surface_dice_2mm")];
  if (within1 !== null && within2 !== null && within1 > within2 && !isClose(within1, within2)) {
    const problem = `${within1} is more than within 2 mm, ${within2}`;
    yield { metric: "surface_dice_1mm", problem };
  }
  const [dice, precision, recall] = [value("dice"), value("precision"), value("recall")];
  const follow = (metric: string, expected: number) => unless(metric, value(metric), expected);
  if (dice !== null) yield* follow("iou", dice / (2 - dice));
  if (dice && precision && recall) {
    yield* follow("dice", 2 / (1 / precision + 1 / recall));
    yield* follow("volume_error", recall / precision - 1);
  }
  if (recall !== null && truthVoxels !== null && !isWhole(recall * truthVoxels)) {
    const problem = `${recall} of ${truthVoxels} voxels is no number of voxels`;
    yield { metric: "recall", problem };
  }
}

/** A contradiction unless a value is what follows from others. */
export function* unless(
  metric: string,
  value: number | null,
  expected: number,
): Generator<Contradiction> {
  if (value !== null && !isClose(value, expected)) {
    yield { metric, problem: `${value} is not ${expected}, which follows from the others` };
  }
}
