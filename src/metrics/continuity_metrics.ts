/**
 * The continuity of a pair: of the prediction, of the truth, and what the first has in excess.
 *
 * @module
 */

import { areaPlots } from "./area_plot.ts";
import { type Continuity, continuity } from "./continuity.ts";
import type { MaskPair } from "./mask_pair.ts";
import {
  FROM_ZERO,
  type Measured,
  measured,
  type Metric,
  type Need,
  SIGNED,
  undefinedBecause,
} from "./metric.ts";
import { presenceIsIdle } from "./presence.ts";

/** The continuity of both masks of a pair; ask for it by `pair.shared(continuities)`. */
export function continuities(
  { prediction, truth, grid, stackBorders }: MaskPair,
): { readonly prediction: Continuity; readonly truth: Continuity } {
  return {
    prediction: continuity(prediction, grid.shape, stackBorders),
    truth: continuity(truth, grid.shape, stackBorders),
  };
}

/** A measure of one mask, of both masks of a pair and of what the prediction has in excess. */
export interface ContinuityMetrics {
  /** Of the prediction. */
  readonly prediction: Metric;
  /** Of the truth. */
  readonly truth: Metric;
  /** The prediction's less the truth's. */
  readonly excess: Metric;
}

/** What sets one measure apart from the others: its unit, and what it needs besides contiguity. */
const MEASURES: {
  readonly [K in keyof Continuity]: { readonly unit: Metric["unit"]; readonly needs: Need[] };
} = {
  total_variation: { unit: "1", needs: [] },
  roughness: { unit: "1", needs: [] },
  flip_rate: { unit: "per 100 slices", needs: ["presence"] },
  holes: { unit: "1", needs: ["presence"] },
  adjacent_dice: { unit: "1", needs: [] },
  seam_index: { unit: "1", needs: [] },
};

function threeOf(name: keyof Continuity): ContinuityMetrics {
  const { unit, needs } = MEASURES[name];
  const unlessIdle = (
    pair: MaskPair,
    measure: (both: {
      readonly prediction: Measured;
      readonly truth: Measured;
    }) => Measured,
  ): Measured => {
    const idle = needs.includes("presence")
      ? presenceIsIdle([pair.shared(areaPlots).truth.areas])
      : null;
    if (idle !== null) return undefinedBecause(idle);
    const { prediction, truth } = pair.shared(continuities);
    return measure({ prediction: prediction[name], truth: truth[name] });
  };
  const facts = { unit, needs: ["contiguity", ...needs] } as const;
  return {
    prediction: {
      ...facts,
      name: `${name}_prediction`,
      better: "none",
      range: FROM_ZERO,
      compute: (pair) => unlessIdle(pair, ({ prediction }) => prediction),
    },
    truth: {
      ...facts,
      name: `${name}_truth`,
      better: "none",
      range: FROM_ZERO,
      compute: (pair) => unlessIdle(pair, ({ truth }) => truth),
    },
    excess: {
      ...facts,
      name: `${name}_excess`,
      better: "zero",
      range: SIGNED,
      compute: (pair) => unlessIdle(pair, ({ prediction, truth }) => excess(prediction, truth)),
    },
  };
}

function excess(prediction: Measured, truth: Measured): Measured {
  if (prediction.value === null) return undefinedBecause(`prediction: ${prediction.reason}`);
  if (truth.value === null) return undefinedBecause(`truth: ${truth.reason}`);
  return measured(prediction.value - truth.value);
}

/** Each measure of continuity as `…_prediction`, `…_truth` and `…_excess`, their difference. */
export const CONTINUITY: { readonly [K in keyof Continuity]: ContinuityMetrics } = {
  total_variation: threeOf("total_variation"),
  roughness: threeOf("roughness"),
  flip_rate: threeOf("flip_rate"),
  holes: threeOf("holes"),
  adjacent_dice: threeOf("adjacent_dice"),
  seam_index: threeOf("seam_index"),
};

/** All of them, measure by measure. */
export const CONTINUITY_METRICS: readonly Metric[] = Object.values<ContinuityMetrics>(CONTINUITY)
  .flatMap(({ prediction, truth, excess }) => [prediction, truth, excess]);
