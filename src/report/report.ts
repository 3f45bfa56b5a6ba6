/**
 * A report of one result or several: the paper's tables and figures beside what was found here.
 *
 * @module
 */

import { EXPERIMENTS } from "../results/experiments/mod.ts";
import type { ExperimentName, RunResult } from "../results/mod.ts";
import { type Block, type Figure, heading, list, paragraph, type Picture } from "./document.ts";
import { PAPER_CAVEATS } from "../results/paper.ts";
import { METHOD_CAVEATS } from "./caveats.ts";
import { environmentSection, modelsSection, warningsSection } from "./sections/environment.ts";
import { tellExperiment } from "./sections/mod.ts";

/** What may be said about a report. */
export interface ReportOptions {
  /** Whether a picture of a result is at hand, by the result's index (default: none is). */
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
    ...EXPERIMENTS.flatMap(({ key, title }) => titled(title, experimentBlocks(result, key))),
  ];
  return blocks.map((block) => {
    if (block.kind !== "figure" && block.kind !== "picture") return block;
    const name = `result-${index + 1}-${block.name}`;
    return block.kind === "figure" ? { ...block, name } : { ...block, name, result: index };
  });
}

/** An experiment that was made, why another was not, nothing of one that nobody asked for. */
function experimentBlocks(result: RunResult, key: ExperimentName): Block[] {
  const experiment = result.experiments[key];
  if (experiment === undefined) return [];
  return experiment.status === "refused"
    ? [paragraph(`Not made: ${experiment.reason}`)]
    : tellExperiment(result, key);
}
