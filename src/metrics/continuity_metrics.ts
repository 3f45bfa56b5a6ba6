/**
 * The continuity of a pair: of the prediction, of the truth, and what the first has in excess.
 *
 * @module
 */

import { areaPlots } from "./area_plot.ts";
import { type Continuity, continuity } from "./continuity.ts";
import type { MaskPair } from "./mask_pair.ts";
import { type Measured, measured, type Metric, undefinedBecause } from "./metric.ts";
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

/** The measures, and whether they speak of presence and so need slices without lesion. */
const MEASURES: { readonly [K in keyof Continuity]: { readonly ofPresence: boolean } } = {
  total_variation: { ofPresence: false },
  roughness: { ofPresence: false },
  flip_rate: { ofPresence: true },
  holes: { ofPresence: true },
  adjacent_dice: { ofPresence: false },
  seam_index: { ofPresence: false },
};

function threeOf(name: keyof Continuity): Metric[] {
  const unlessIdle = (
    pair: MaskPair,
    measure: (both: {
      readonly prediction: Measured;
      readonly truth: Measured;
    }) => Measured,
  ): Measured => {
    const idle = MEASURES[name].ofPresence
      ? presenceIsIdle([pair.shared(areaPlots).truth.areas])
      : null;
    if (idle !== null) return undefinedBecause(idle);
    const { prediction, truth } = pair.shared(continuities);
    return measure({ prediction: prediction[name], truth: truth[name] });
  };
  return [
    {
      name: `${name}_prediction`,
      unit: "1",
      better: "none",
      compute: (pair) => unlessIdle(pair, ({ prediction }) => prediction),
    },
    {
      name: `${name}_truth`,
      unit: "1",
      better: "none",
      compute: (pair) => unlessIdle(pair, ({ truth }) => truth),
    },
    {
      name: `${name}_excess`,
      unit: "1",
      better: "zero",
      compute: (pair) => unlessIdle(pair, ({ prediction, truth }) => excess(prediction, truth)),
    },
  ];
}

function excess(prediction: Measured, truth: Measured): Measured {
  if (prediction.value === null) return undefinedBecause(`prediction: ${prediction.reason}`);
  if (truth.value === null) return undefinedBecause(`truth: ${truth.reason}`);
  return measured(prediction.value - truth.value);
}

/** Each measure of continuity as `…_prediction`, `…_truth` and `…_excess`, their difference. */
export const CONTINUITY_METRICS: readonly Metric[] = (Object.keys(MEASURES) as (keyof Continuity)[])
  .flatMap(threeOf);
