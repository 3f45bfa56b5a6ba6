/**
 * A report of one result or several: the paper's tables and figures beside what was found here.
 *
 * @module
 */

import { EXPERIMENTS } from "../results/experiments/mod.ts";
import type { ExperimentName, RunResult } from "../results/mod.ts";
import { caveatsOf, type CaveatTopic } from "./caveats.ts";
import {
  type Block,
  blocksOf,
  type Figure,
  fold,
  heading,
  list,
  note,
  paragraph,
  type Picture,
  replaced,
  type Viewer,
} from "./document.ts";
import { isPhantom } from "./phantom.ts";
import { answerSection } from "./sections/answer.ts";
import { aloneBlocks, type ComparedResults, groupBlocks } from "./sections/compared.ts";
import { environmentSection, modelsSection, warningsSection } from "./sections/environment.ts";
import { tellExperiment } from "./sections/mod.ts";
import { tame } from "./tame.ts";

/** What may be said about a report. */
export interface ReportOptions {
  /** Whether a picture of a result is at hand, by the result's index (default: none is). */
  readonly hasPicture?: (result: number, file: string) => boolean;
  /** Which results are compared with each other (default: none is). */
  readonly compared?: ComparedResults;
  /** Scans to look at, by the result's index (default: none). */
  readonly viewers?: ReadonlyMap<number, Pick<Viewer, "scans" | "start">>;
}

/**
 * The report of results, without a format.
 *
 * @param results at least one, in the order of telling
 */
export function report(results: readonly RunResult[], options: ReportOptions = {}): Block[] {
  const hasPicture = options.hasPicture ?? (() => false);
  const told = new Set<CaveatTopic>();
  const tamed = results.map(tame);
  const { groups, alone } = tame(options.compared ?? { groups: [], alone: [] });
  const beside = groups.flatMap((group, index) =>
    inFiles(groupBlocks(tamed, group), `comparison-${index + 1}`, null)
  );
  const chapters = tamed.flatMap((result, index) => {
    const viewer = options.viewers?.get(index);
    const blocks = chapter(result, results.length === 1 ? null : index, viewer, told);
    return inFiles(blocks, `result-${index + 1}`, index);
  });
  const blocks = [
    heading(1, "Stackbench report"),
    ...beside,
    ...aloneBlocks(alone),
    ...chapters,
  ];
  return replaced(
    blocks,
    (block) => block.kind !== "picture" || hasPicture(block.result, block.file) ? [block] : [],
  );
}

/** The figures of a report. */
export function figuresOf(blocks: readonly Block[]): Figure[] {
  return blocksOf(blocks, "figure");
}

/** The pictures of a report. */
export function picturesOf(blocks: readonly Block[]): Picture[] {
  return blocksOf(blocks, "picture");
}

/**
 * One result.
 *
 * @param index its place; null where it is the only one
 * @param told topics whose caveats stand in an earlier chapter already; those of this one are added
 */
function chapter(
  result: RunResult,
  index: number | null,
  viewer: Pick<Viewer, "scans" | "start"> | undefined,
  told: Set<CaveatTopic>,
): Block[] {
  const caveats = (topic: CaveatTopic) => {
    if (told.has(topic)) return [];
    told.add(topic);
    return caveatsOf(topic);
  };
  // they stand with the data where these are told of, and are never left out
  const general = () => [
    ...caveats("general"),
    ...(isPhantom(result) ? caveats("phantom") : []),
  ];
  const titled = (title: string, blocks: readonly Block[]) =>
    blocks.length > 0 ? [heading(3, title), ...blocks] : [];
  const suite = `suite ${result.suite.name}`;
  const scans: Block[] = viewer && viewer.scans.length > 0
    ? [{ kind: "viewer", name: "viewer", ...viewer }]
    : [];
  return [
    heading(2, index === null ? `The ${suite}` : `Result ${index + 1}: ${suite}`),
    ...answerSection(result),
    ...warningsSection(result),
    ...titled("Slice by slice", scans),
    ...EXPERIMENTS.flatMap(({ key, title }) => {
      const blocks = experimentBlocks(result, key);
      if (blocks.length === 0) return [];
      const said = key === "dataset" ? [...general(), ...caveats(key)] : caveats(key);
      return titled(title, [...blocks, ...caveatNote(said)]);
    }),
    ...titled("Models", modelsSection(result)),
    ...titled("Environment", [...environmentSection(result), ...caveatNote(general())]),
  ];
}

/** One caveat is said at once, several are folded. */
function caveatNote(caveats: readonly string[]): Block[] {
  return caveats.length > 1
    ? fold("What these numbers cannot say", list(caveats))
    : note("caveat", caveats);
}

/**
 * Blocks whose files are named after their chapter, each file once.
 *
 * @param result the result that pictures belong to
 */
function inFiles(blocks: readonly Block[], chapter: string, result: number | null): Block[] {
  const used = new Set<string>();
  const nameOf = (kind: string, name: string) => {
    const full = `${chapter}-${name}`;
    for (let n = 1;; n++) {
      const one = n === 1 ? full : `${full}-${n}`;
      if (used.has(`${kind} ${one}`)) continue;
      used.add(`${kind} ${one}`);
      return one;
    }
  };
  return replaced(blocks, (block) => {
    switch (block.kind) {
      case "figure":
      case "table":
      case "viewer":
        return [{ ...block, name: nameOf(block.kind, block.name) }];
      case "picture":
        if (result === null) throw new Error(`the picture ${block.name} is of no result`);
        return [{ ...block, name: nameOf("figure", block.name), result }];
      default:
        return [block];
    }
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
