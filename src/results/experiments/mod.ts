/**
 * The list of experiments.
 *
 * @module
 */

import * as z from "zod";
import type { RunFacts } from "../facts.ts";
import type { ExperimentsRecord, PredictionRecord } from "../records.ts";
import { refused } from "../schema/parts.ts";
import { areaPlot } from "./area_plot.ts";
import { consecutive } from "./consecutive.ts";
import { dataset } from "./dataset.ts";
import { dice } from "./dice.ts";
import type { Experiment } from "./experiment.ts";
import { inferenceTime } from "./inference_time.ts";
import { masks } from "./masks.ts";
import { overlap } from "./overlap.ts";
import { smoothingControl } from "./smoothing_control.ts";
import { thresholdSweep } from "./threshold_sweep.ts";

const LIST = [
  dataset,
  dice,
  masks,
  areaPlot,
  consecutive,
  overlap,
  smoothingControl,
  thresholdSweep,
  inferenceTime,
] as const;

/** Name of an experiment. */
export type ExperimentName = keyof ExperimentsRecord;

/** Every experiment, in the order of results; a new one is a file and a line here. */
export const EXPERIMENTS: readonly (Experiment & { readonly key: ExperimentName })[] = LIST;

/** Names of the experiments, in the order of results. */
export const EXPERIMENT_NAMES: readonly ExperimentName[] = LIST.map(({ key }) => key);

type Listed = typeof LIST[number];
type Sections = {
  [E in Listed as E["key"]]: z.ZodOptional<z.ZodUnion<[E["record"], typeof refused]>>;
};

/** The sections of all experiments. */
export const experiments = z.object(
  Object.fromEntries(
    LIST.map(({ key, record, about }) => [
      key,
      z.union([record, refused]).optional().describe(about),
    ]),
  ) as Sections,
).meta({
  id: "ExperimentsRecord",
  description:
    "The experiments of METHODS, each done or refused; absent where the suite does not ask.",
});

/** What experiments measured while masks were in memory, by experiment. */
export type Entries = ReadonlyMap<ExperimentName, readonly unknown[]>;

/** The named experiments, done or refused. */
export function runExperiments(
  names: readonly ExperimentName[],
  facts: RunFacts,
  entries: Entries,
): ExperimentsRecord {
  const asked = names.map((name) => EXPERIMENTS.find(({ key }) => key === name)!);
  return Object.fromEntries(
    asked.map(({ key, make }) => [key, make(facts, entries.get(key) ?? [])]),
  );
}

/** What an interrupted run has kept of its masks. */
export function keptEntries(
  sections: ExperimentsRecord,
  predictions: readonly Pick<PredictionRecord, "model" | "case">[],
): Map<ExperimentName, unknown[]> {
  const known = new Set(predictions.map((one) => `${one.model} ${one.case}`));
  return new Map(EXPERIMENTS.map(({ key, measuring }) => {
    const section = sections[key];
    const kept = section?.status === "done" ? measuring?.kept(section) : undefined;
    const entries = (kept ?? []) as readonly Pick<PredictionRecord, "model" | "case">[];
    return [key, entries.filter((one) => known.has(`${one.model} ${one.case}`))];
  }));
}
