/**
 * The area-plot: how much of each slice is foreground, and how alike the plots of a pair are.
 *
 * Raw areas are foreground pixels / pixels, so that scans of other sizes compare; the plot shows
 * them divided by the largest. Curve overlap and Lin's concordance are taken on raw areas, since
 * they are to see that one mask is larger throughout; RMSE, MAE, Pearson's r and DTW are taken on
 * normalised ones, as the plot shows them. The best lag is the same on both.
 *
 * @module
 */

import { bestLag, dynamicTimeWarping } from "./curve_alignment.ts";
import {
  concordance,
  type Curve,
  curveOverlap,
  meanAbsoluteError,
  pearson,
  rootMeanSquareError,
} from "./curve_similarity.ts";
import type { Triple } from "./distances.ts";
import type { MaskPair } from "./mask_pair.ts";
import { CORRELATION, FROM_ZERO, type Measured, type Metric, SHARE, SIGNED } from "./metric.ts";

/** Slices that DTW may pair: at most this far apart. */
export const DTW_BAND = 2;

/**
 * Share of foreground pixels of each slice, in [0, 1].
 *
 * @param mask 0 or 1 a voxel, order (z, y, x)
 * @param shape sizes of the mask
 *
 * @example
 * ```ts
 * import { sliceAreas } from "./area_plot.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(sliceAreas(Uint8Array.of(1, 0, 1, 1), [2, 1, 2]), Float64Array.of(0.5, 1));
 * ```
 */
export function sliceAreas(
  mask: Uint8Array,
  shape: Triple,
): Float64Array<ArrayBuffer> {
  const pixels = shape[1] * shape[2];
  return Float64Array.from({ length: shape[0] }, (_, z) => {
    let count = 0;
    for (let i = z * pixels; i < (z + 1) * pixels; i++) count += mask[i];
    return count / pixels;
  });
}

/** Areas divided by the largest, in [0, 1]; all zero stays zero. */
export function normalised(areas: Curve): Float64Array<ArrayBuffer> {
  let largest = 0;
  for (let i = 0; i < areas.length; i++) largest = Math.max(largest, areas[i]);
  return Float64Array.from(areas, (area) => (largest === 0 ? 0 : area / largest));
}

/** The curves of one mask. */
export interface AreaPlot {
  /** Share of foreground pixels, one a slice. */
  readonly areas: Float64Array;
  /** The same divided by its largest. */
  readonly normalised: Float64Array;
}

/** The area-plots of a pair. */
export interface AreaPlots {
  /** Of the prediction. */
  readonly prediction: AreaPlot;
  /** Of the truth. */
  readonly truth: AreaPlot;
}

/** The area-plots of a pair; ask for them by `pair.shared(areaPlots)`. */
export function areaPlots({ prediction, truth, grid }: MaskPair): AreaPlots {
  const plot = (mask: Uint8Array): AreaPlot => {
    const areas = sliceAreas(mask, grid.shape);
    return { areas, normalised: normalised(areas) };
  };
  return { prediction: plot(prediction), truth: plot(truth) };
}

const ofPlots = (
  name: string,
  unit: Metric["unit"],
  better: Metric["better"],
  range: Metric["range"],
  curve: keyof AreaPlot,
  measure: (prediction: Curve, truth: Curve) => Measured,
): Metric => ({
  name,
  unit,
  better,
  range,
  needs: ["contiguity"],
  compute(pair) {
    const { prediction, truth } = pair.shared(areaPlots);
    return measure(prediction[curve], truth[curve]);
  },
});

/** Overlap of the raw area-plots: the headline. */
export const AREA_OVERLAP: Metric = ofPlots(
  "area_overlap",
  "1",
  "higher",
  SHARE,
  "areas",
  curveOverlap,
);
/** Root of the mean squared difference of the normalised area-plots. */
export const AREA_RMSE: Metric = ofPlots(
  "area_rmse",
  "1",
  "lower",
  SHARE,
  "normalised",
  rootMeanSquareError,
);
/** Pearson's r of the normalised area-plots. */
export const AREA_PEARSON: Metric = ofPlots(
  "area_pearson",
  "1",
  "higher",
  CORRELATION,
  "normalised",
  pearson,
);

/** Similarities of the area-plots of a pair. */
export const AREA_PLOT_METRICS: readonly Metric[] = [
  AREA_OVERLAP,
  AREA_RMSE,
  ofPlots("area_mae", "1", "lower", SHARE, "normalised", meanAbsoluteError),
  AREA_PEARSON,
  ofPlots("area_concordance", "1", "higher", CORRELATION, "areas", concordance),
  ofPlots(
    "area_dtw",
    "1",
    "lower",
    FROM_ZERO,
    "normalised",
    (p, t) => dynamicTimeWarping(p, t, DTW_BAND),
  ),
  ofPlots("area_lag", "slices", "zero", SIGNED, "normalised", bestLag),
];
