/**
 * What a phantom is made from: one object of numbers, each with its unit, default and reason.
 *
 * @module
 */

import { InputError } from "../../base/errors.ts";
import { formatShape } from "../../base/shapes.ts";

/** A closed interval from which one value is drawn uniformly. */
export type Interval = readonly [low: number, high: number];

/** Everything that decides the voxels of a phantom; equal parameters give equal bytes. */
export interface PhantomParameters {
  /** Seed of the data set, an integer. */
  readonly seed: number;
  /** Which patient of that seed: decides the anatomy. */
  readonly index: number;
  /** Which scan of that patient: decides lesions, position, breathing and noise. */
  readonly visit: number;
  /** Voxels along z, y, x; each at least 1. */
  readonly shape: readonly [z: number, y: number, x: number];
  /** Millimetres between voxel centres along z, y, x. */
  readonly spacing: readonly [z: number, y: number, x: number];
  /** Whether the scan has lesions at all. */
  readonly lesions: boolean;
  /** Lesions a scan. */
  readonly lesionCount: Interval;
  /** Mean radius of a lesion, in mm. */
  readonly lesionRadius: Interval;
  /** Share of lesions that touch the pleura; COVID-19 opacities are mostly peripheral. */
  readonly peripheral: number;
  /** Shares of consolidations and of ground glass with a consolidated core; the rest is pure. */
  readonly consolidation: readonly [pure: number, core: number];
  /** HU in the middle of ground glass. */
  readonly groundGlassHu: Interval;
  /** HU in the middle of a consolidation. */
  readonly consolidationHu: Interval;
  /** Width of a lesion's soft edge, in mm: ground glass fades into the lung. */
  readonly groundGlassEdge: Interval;
  /** The same for a consolidation. */
  readonly consolidationEdge: Interval;
  /** HU of lung tissue between the vessels, far from gravity's pull. */
  readonly parenchymaHu: Interval;
  /** HU added from the front to the back of the lungs of a patient who lies on the back. */
  readonly dependentHu: Interval;
  /** Amplitude of patchy density (mosaic attenuation) on a scale of 45 mm, in HU. */
  readonly mosaicHu: Interval;
  /** HU added beside the posterior pleura (dependent atelectasis), which is no lesion. */
  readonly atelectasisHu: Interval;
  /** Scars and small nodules a scan, which are no lesions. */
  readonly distractors: Interval;
  /** HU of blood; the upper half of the scans with `contrast` get 120 to 260 more. */
  readonly bloodHu: Interval;
  /** Share of scans with contrast medium. */
  readonly contrast: number;
  /** End branches of the arteries of one lung; the veins have as many, the airways a third. */
  readonly vesselBranches: number;
  /** Height over which breathing smears the diaphragm, in mm. */
  readonly breathing: Interval;
  /** Standard deviation of the noise in the middle of the body, in HU. */
  readonly noise: Interval;
  /** Length over which noise is correlated in the slice, in mm (a reconstruction kernel). */
  readonly noiseLength: Interval;
  /** Standard deviation of the scanner's blur in the slice, in mm. */
  readonly blur: Interval;
  /** Slice thickness in mm where slices lie closer than that; else it equals the spacing. */
  readonly thickness: number;
}

/** What a caller gives; the rest are the defaults. */
export type PhantomRequest = Partial<PhantomParameters> & { readonly seed: number };

/** The field of view of the default spacing along z, y, x, in mm: the body with some air. */
const FIELD_OF_VIEW = [312, 360, 360] as const;

/** Defaults of everything but seed, shape and spacing. */
export const PHANTOM_DEFAULTS: Omit<PhantomParameters, "seed" | "shape" | "spacing"> = {
  index: 0,
  visit: 0,
  lesions: true,
  lesionCount: [3, 7],
  lesionRadius: [24, 46],
  peripheral: 0.8,
  consolidation: [0.05, 0.2],
  groundGlassHu: [-580, -400],
  consolidationHu: [-250, -60],
  groundGlassEdge: [2, 5],
  consolidationEdge: [1.5, 3],
  parenchymaHu: [-890, -820],
  dependentHu: [60, 180],
  mosaicHu: [20, 60],
  atelectasisHu: [40, 260],
  distractors: [2, 7],
  bloodHu: [30, 50],
  contrast: 0.35,
  vesselBranches: 2000,
  breathing: [3, 12],
  noise: [18, 45],
  noiseLength: [0.7, 1.3],
  blur: [0.5, 1],
  thickness: 1.25,
};

/**
 * The full parameters of a request. The default shape is 80x128x128; the default spacing makes
 * any shape cover the chest (312 x 360 x 360 mm).
 *
 * @throws {InputError} Where a number is outside its range; the message names it.
 *
 * @example
 * ```ts
 * import { phantomParameters } from "./parameters.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(phantomParameters({ seed: 1, shape: [52, 120, 90] }).spacing, [6, 3, 4]);
 * ```
 */
export function phantomParameters(request: PhantomRequest): PhantomParameters {
  const shape = request.shape ?? [80, 128, 128];
  const spacing = request.spacing ??
    [FIELD_OF_VIEW[0] / shape[0], FIELD_OF_VIEW[1] / shape[1], FIELD_OF_VIEW[2] / shape[2]];
  const parameters = { ...PHANTOM_DEFAULTS, ...request, shape, spacing };
  check(parameters);
  return parameters;
}

/** Refuses numbers from which no phantom can be made. */
function check(parameters: PhantomParameters): void {
  const { shape, spacing } = parameters;
  if (shape.length !== 3 || !shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new InputError(`phantom: shape ${formatShape(shape)} is not three whole numbers >= 1`, {
      advice: "Give slices, rows and columns, such as 80x128x128.",
    });
  }
  if (spacing.length !== 3 || !spacing.every((size) => Number.isFinite(size) && size > 0)) {
    throw new InputError(`phantom: spacing ${spacing.join(", ")} is not three numbers > 0`, {
      advice: "Give millimetres along z, y, x, such as 3.9, 2.8, 2.8.",
    });
  }
  for (const key of ["seed", "index", "visit", "vesselBranches"] as const) {
    if (!Number.isSafeInteger(parameters[key]) || (key !== "seed" && parameters[key] < 0)) {
      throw new InputError(`phantom: ${key} is ${parameters[key]}, not a whole number`);
    }
  }
  for (const [key, value] of Object.entries(parameters)) {
    if (!Array.isArray(value)) continue;
    const finite = value.every((number) => Number.isFinite(number));
    if (!finite || (isInterval(key) && !(value[0] <= value[1]))) {
      throw new InputError(`phantom: ${key} is [${value.join(", ")}], not [low, high]`);
    }
  }
}

/** Whether the parameter of that name is an interval; the other arrays are triples and shares. */
function isInterval(key: string): boolean {
  return !["shape", "spacing", "consolidation"].includes(key);
}
