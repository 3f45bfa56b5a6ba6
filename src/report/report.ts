/**
 * A report of one result or several: the paper's tables and figures beside what was found here.
 *
 * @module
 */

import type { ExperimentsRecord, Refused, RunResult } from "../results/mod.ts";
import { type Block, type Figure, heading, list, paragraph, type Picture } from "./document.ts";
import { PAPER_CAVEATS } from "../results/paper.ts";
import { METHOD_CAVEATS } from "./caveats.ts";
import { areaPlotSection } from "./sections/area_plot.ts";
import { consecutiveSection } from "./sections/consecutive.ts";
import { datasetSection } from "./sections/dataset.ts";
import { diceSection } from "./sections/dice.ts";
import { environmentSection, modelsSection, warningsSection } from "./sections/environment.ts";
import { inferenceTimeSection } from "./sections/inference_time.ts";
import { masksSection } from "./sections/masks.ts";
import { overlapSection } from "./sections/overlap.ts";
import { smoothingSection } from "./sections/smoothing.ts";
import { thresholdSweepSection } from "./sections/threshold_sweep.ts";

/** How each experiment is told; a missing one does not compile. */
const SECTIONS: {
  readonly [K in keyof Required<ExperimentsRecord>]: {
    readonly title: string;
    readonly tell: (result: RunResult) => Block[];
  };
} = {
  dataset: { title: "Data", tell: telling((made) => made.dataset, datasetSection) },
  dice: { title: "Dice", tell: telling((made) => made.dice, diceSection) },
  masks: { title: "Masks", tell: telling((made) => made.masks, masksSection) },
  area_plot: { title: "Area-plots", tell: telling((made) => made.area_plot, areaPlotSection) },
  consecutive: {
    title: "Consecutive slices",
    tell: telling((made) => made.consecutive, consecutiveSection),
  },
  overlap: { title: "Overlap", tell: telling((made) => made.overlap, overlapSection) },
  smoothing_control: {
    title: "Smoothing control",
    tell: telling((made) => made.smoothing_control, smoothingSection),
  },
  threshold_sweep: {
    title: "Threshold",
    tell: telling((made) => made.threshold_sweep, thresholdSweepSection),
  },
  inference_time: {
    title: "Inference time",
    tell: telling((made) => made.inference_time, inferenceTimeSection),
  },
};

/** What may be said about a report. */
export interface ReportOptions {
  /** Whether a picture of a result is at hand, by the result's index; none is unless said. */
  readonly hasPicture?: (result: number, file: string) => boolean;
}

/**
 * The report of results, without a format.
 *
 * @param results at least one, in the order of telling
 */
export function report(results: readonly RunResult[], options: ReportOptions = {}): Block[] {
  const hasPicture = options.hasPicture ?? (() => false);
  return [
    heading(1, "Stackbench report"),
    ...results.flatMap((result, index) => chapter(result, index))
      .filter((block) => block.kind !== "picture" || hasPicture(block.result, block.file)),
    heading(2, "What to know before believing these numbers"),
    ...list([...PAPER_CAVEATS, ...METHOD_CAVEATS]),
  ];
}

/** The figures of a report. */
export function figuresOf(blocks: readonly Block[]): Figure[] {
  return blocks.filter((block) => block.kind === "figure");
}

/** The pictures of a report. */
export function picturesOf(blocks: readonly Block[]): Picture[] {
  return blocks.filter((block) => block.kind === "picture");
}

function chapter(result: RunResult, index: number): Block[] {
  const titled = (title: string, blocks: readonly Block[]) =>
    blocks.length > 0 ? [heading(3, title), ...blocks] : [];
  const blocks = [
    heading(2, `Result ${index + 1}: suite ${result.suite.name}`),
    ...titled("Warnings", warningsSection(result)),
    ...titled("Environment", environmentSection(result)),
    ...titled("Models", modelsSection(result)),
    ...Object.values(SECTIONS).flatMap(({ title, tell }) => titled(title, tell(result))),
  ];
  return blocks.map((block) => {
    if (block.kind !== "figure" && block.kind !== "picture") return block;
    const name = `result-${index + 1}-${block.name}`;
    return block.kind === "figure" ? { ...block, name } : { ...block, name, result: index };
  });
}

/** Tells an experiment that was made, says why another was not, passes one over nobody asked for. */
function telling<E extends { readonly status: "done" }>(
  pick: (made: ExperimentsRecord) => E | Refused | undefined,
  tell: (result: RunResult, done: E) => Block[],
): (result: RunResult) => Block[] {
  return (result) => {
    const experiment = pick(result.experiments);
    if (experiment === undefined) return [];
    if (isRefused(experiment)) return [paragraph(`Not made: ${experiment.reason}`)];
    return tell(result, experiment);
  };
}

function isRefused(experiment: { readonly status: string }): experiment is Refused {
  return experiment.status === "refused";
}
