/**
 * How far two surfaces lie apart: the robust Hausdorff distance HD95 and surface Dice, both as
 * DeepMind's `surface-distance` defines them: over marching-cubes surface elements, each weighted
 * by its area, with the distance from its cube to the nearest cube of the other surface.
 *
 * Where both masks are empty, or the spacing is not known, both are undefined. Where one is empty,
 * surface Dice is 0, as in `surface-distance` and MONAI, and HD95 is undefined where they give
 * infinity.
 *
 * @module
 */

import { commonBox, type Incomparable } from "./common_box.ts";
import { distancesToNearest, type Triple } from "./distances.ts";
import type { MaskPair } from "./mask_pair.ts";
import {
  FROM_ZERO,
  type Measured,
  measured,
  type Metric,
  SHARE,
  undefinedBecause,
} from "./metric.ts";
import { surfaceCodes, surfaceElementAreas } from "./surface_elements.ts";

/** The elements of one surface, in order of distance. */
export interface DirectedDistances {
  /** mm to the nearest element of the other surface, ascending. */
  readonly distances: Float64Array;
  /** mm² of each element. */
  readonly areas: Float64Array;
}

/** Both surfaces of a pair, each measured to the other. */
export interface SurfaceDistances {
  /** Elements of the prediction's surface. */
  readonly prediction: DirectedDistances;
  /** Elements of the truth's surface. */
  readonly truth: DirectedDistances;
}

/** Distances between the surface elements of a pair, or why there are none. */
export function surfaceDistances(pair: MaskPair): SurfaceDistances | Incomparable {
  const common = pair.shared(commonBox);
  if ("reason" in common) return common;
  const { box, spacing } = common;
  const cubes: Triple = [box.shape[0] + 1, box.shape[1] + 1, box.shape[2] + 1];
  const areas = surfaceElementAreas(spacing);
  const predicted = surfaceCodes(pair.prediction, pair.grid.shape, box);
  const real = surfaceCodes(pair.truth, pair.grid.shape, box);
  const directed = (from: Uint8Array, to: Uint8Array) =>
    inOrder(
      distancesToNearest(to, from, cubes, spacing),
      Float64Array.from(from.filter((code) => code !== 0), (code) => areas[code]),
    );
  return { prediction: directed(predicted, real), truth: directed(real, predicted) };
}

/** In order of distance, then area, so that sums do not depend on where an element lies. */
function inOrder(distances: Float64Array, areas: Float64Array): DirectedDistances {
  const order = Uint32Array.from(distances, (_, i) => i)
    .sort((i, j) => distances[i] - distances[j] || areas[i] - areas[j]);
  return {
    distances: Float64Array.from(order, (i) => distances[i]),
    areas: Float64Array.from(order, (i) => areas[i]),
  };
}

/**
 * The larger of the two directed distances within which a share of each surface's area lies.
 *
 * @param share in [0, 1]: 0.95 for HD95
 * @returns mm
 */
export function robustHausdorff({ prediction, truth }: SurfaceDistances, share: number): number {
  return Math.max(distanceWithin(prediction, share), distanceWithin(truth, share));
}

function distanceWithin({ distances, areas }: DirectedDistances, share: number): number {
  const total = areas.reduce((sum, area) => sum + area, 0);
  let within = 0;
  const index = areas.findIndex((area) => (within += area) / total >= share);
  return distances[index < 0 ? distances.length - 1 : index];
}

/**
 * The share of the area of both surfaces that lies within a tolerance of the other surface.
 *
 * @param toleranceMm mm; a distance equal to it is within
 * @returns in [0, 1]
 */
export function surfaceDice(surfaces: SurfaceDistances, toleranceMm: number): number {
  let within = 0;
  let total = 0;
  for (const { distances, areas } of [surfaces.prediction, surfaces.truth]) {
    for (let i = 0; i < areas.length; i++) {
      total += areas[i];
      if (distances[i] <= toleranceMm) within += areas[i];
    }
  }
  return within / total;
}

function surfaceDiceOf(pair: MaskPair, toleranceMm: number): Measured {
  const surfaces = pair.shared(surfaceDistances);
  if (!("reason" in surfaces)) return measured(surfaceDice(surfaces, toleranceMm));
  return surfaces.oneEmpty ? measured(0) : undefinedBecause(surfaces.reason);
}

/** HD95 over surface elements. */
export const HD95: Metric = {
  name: "hd95",
  unit: "mm",
  better: "lower",
  range: FROM_ZERO,
  needs: ["spacing", "contiguity"],
  compute(pair) {
    const surfaces = pair.shared(surfaceDistances);
    return "reason" in surfaces
      ? undefinedBecause(surfaces.reason)
      : measured(robustHausdorff(surfaces, 0.95));
  },
};

const surfaceDiceAt = (mm: number): Metric => ({
  name: `surface_dice_${mm}mm`,
  unit: "1",
  better: "higher",
  range: SHARE,
  needs: ["spacing", "contiguity"],
  compute: (pair) => surfaceDiceOf(pair, mm),
});

/** Surface Dice at a tolerance of 1 mm. */
export const SURFACE_DICE_1MM: Metric = surfaceDiceAt(1);
/** Surface Dice at a tolerance of 2 mm. */
export const SURFACE_DICE_2MM: Metric = surfaceDiceAt(2);

/** HD95 and surface Dice. */
export const SURFACE_METRICS: readonly Metric[] = [HD95, SURFACE_DICE_1MM, SURFACE_DICE_2MM];
