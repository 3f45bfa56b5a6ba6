/**
 * The list of sections: how experiments are told.
 *
 * @module
 */

import type { ExperimentName, ExperimentsRecord, RunResult } from "../../results/mod.ts";
import type { Block } from "../document.ts";
import { areaPlotSection } from "./area_plot.ts";
import { consecutiveSection } from "./consecutive.ts";
import { datasetSection } from "./dataset.ts";
import { diceSection } from "./dice.ts";
import { inferenceTimeSection } from "./inference_time.ts";
import { masksSection } from "./masks.ts";
import { overlapSection } from "./overlap.ts";
import { plainSection } from "./plain.ts";
import { smoothingSection } from "./smoothing_control.ts";
import { thresholdSweepSection } from "./threshold_sweep.ts";

/** An experiment that was made. */
type Made<K extends ExperimentName> = Extract<ExperimentsRecord[K], { readonly status: "done" }>;

/** Tells an experiment that was made. */
type Section<K extends ExperimentName> = (result: RunResult, made: Made<K>) => Block[];

/** Sections by experiment: a file and a line for each that is not to be told plainly. */
const SECTIONS: { readonly [K in ExperimentName]?: Section<K> } = {
  dataset: datasetSection,
  dice: diceSection,
  masks: masksSection,
  area_plot: areaPlotSection,
  consecutive: consecutiveSection,
  overlap: overlapSection,
  smoothing_control: smoothingSection,
  threshold_sweep: thresholdSweepSection,
  inference_time: inferenceTimeSection,
};

/** Tells an experiment that was made, plainly where it has no section of its own. */
export function tellExperiment<K extends ExperimentName>(result: RunResult, key: K): Block[] {
  const made = result.experiments[key] as Made<K>;
  const section: Section<K> | undefined = SECTIONS[key];
  return section ? section(result, made) : plainSection({ ...made });
}
