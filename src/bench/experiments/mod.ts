/**
 * The list of experiments.
 *
 * @module
 */

import type { ExperimentsRecord } from "../../results/mod.ts";
import type { ExperimentName } from "../suite.ts";
import { areaPlot } from "./area_plot.ts";
import { consecutive } from "./consecutive.ts";
import { dataset } from "./dataset.ts";
import { dice } from "./dice.ts";
import type { RunFacts } from "./facts.ts";
import { inferenceTime } from "./inference_time.ts";
import { masks } from "./masks.ts";
import { overlap } from "./overlap.ts";
import { smoothingControl } from "./smoothing_control.ts";
import { thresholdSweep } from "./threshold_sweep.ts";

/** How each experiment is made of the records of a run. */
const EXPERIMENT_TABLE: {
  readonly [K in ExperimentName]: (facts: RunFacts) => NonNullable<ExperimentsRecord[K]>;
} = {
  dataset,
  dice,
  masks,
  area_plot: areaPlot,
  consecutive,
  overlap,
  smoothing_control: smoothingControl,
  threshold_sweep: thresholdSweep,
  inference_time: inferenceTime,
};

/** The named experiments, done or refused. */
export function runExperiments(
  names: readonly ExperimentName[],
  facts: RunFacts,
): ExperimentsRecord {
  return Object.fromEntries(names.map((name) => [name, EXPERIMENT_TABLE[name](facts)]));
}
