/**
 * Results beside each other: which may be compared, with what outcome, and how times went on.
 *
 * @module
 */

import type { Comparison, InferenceTiming, RunResult } from "../../results/mod.ts";
import { comparisonBody, outcomeTexts } from "../comparison.ts";
import { type Block, choice, figure, heading, list, note, paragraph } from "../document.ts";
import { modelText, ownModels } from "../models.ts";
import { colourScale, modelColours } from "../plots/colours.ts";
import { type CommitTime, timeLine } from "../plots/time_line.ts";

/** What is timed, from the least to the most. */
const SCOPES: readonly InferenceTiming["scope"][] = ["network", "case", "end_to_end"];

/** Results in groups of which each may be compared, by their places from 0. */
export interface ComparedResults {
  /** The groups; the first of each is its base. */
  readonly groups: readonly {
    /** Places of its results. */
    readonly places: readonly number[];
    /** Their comparison. */
    readonly comparison: Comparison;
  }[];
  /** Results that may be compared with no other one, and why not with the nearest. */
  readonly alone: readonly {
    /** Place of the result. */
    readonly place: number;
    /** Place of the nearest one. */
    readonly nearest: number;
    /** Why they may not be compared. */
    readonly reasons: readonly string[];
  }[];
}

/** A group of results: what came out, and all rows. */
export function groupBlocks(
  results: readonly RunResult[],
  { places, comparison }: ComparedResults["groups"][number],
): Block[] {
  const sides = comparison.by === "model" ? [] : comparison.sides.map(({ name }, i) => {
    return `${name} is result ${places[i] + 1}`;
  });
  return [
    heading(2, `Results ${placesText(places)} compared by ${comparison.by}`),
    ...note("answer", outcomeTexts(comparison)),
    ...(sides.length > 0 ? [paragraph(`${sides.join(", ")}.`)] : []),
    ...(comparison.by === "commit" ? timeLines(places.map((place) => results[place])) : []),
    ...comparisonBody(comparison),
  ];
}

/** Results that stand for themselves. */
export function aloneBlocks(alone: ComparedResults["alone"]): Block[] {
  if (alone.length === 0) return [];
  return [
    heading(2, "Not compared"),
    paragraph("What may be compared is so by the rules of stackbench compare."),
    ...list(
      alone.map(({ place, nearest, reasons }) =>
        `Result ${place + 1} may not be compared with result ${nearest + 1} ` +
        `(A is result ${1 + Math.min(place, nearest)}, B result ${
          1 + Math.max(place, nearest)
        }): ` +
        `${reasons.join("; ")}.`
      ),
    ),
  ];
}

/** `1 and 2`, `1, 2 and 4`. */
function placesText(places: readonly number[]): string {
  const numbers = places.map((place) => String(place + 1));
  return `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}

/** Times of each scope, the results in the order in which they were run. */
function timeLines(results: readonly RunResult[]): Block[] {
  const inOrder = results.map((result, i) => ({ result, name: commitText(result, i) }))
    .sort((a, b) => a.result.volatile.startedAt < b.result.volatile.startedAt ? -1 : 1);
  const colours = new Map(results.flatMap((result) => [...modelColours(result)]));
  const options = SCOPES.flatMap((scope) => {
    const points = inOrder.flatMap(({ result, name }) =>
      ownModels(result).flatMap(({ id }): CommitTime[] => {
        const timing = result.timing.inference.find((one) =>
          one.model === id && one.scope === scope
        );
        return timing ? [pointOf(name, modelText(result, id), timing)] : [];
      })
    );
    if (points.length === 0) return [];
    const models = [...new Set(points.map(({ model }) => model))];
    const caption = `Time from commit to commit, ${scope}: median and 95 % interval`;
    const specification = timeLine(points, colourScale(models, colours));
    return [{
      text: scope,
      blocks: [figure(`time-line-${scope.replaceAll("_", "-")}`, caption, specification)],
    }];
  });
  return choice("scope", options);
}

function pointOf(commit: string, model: string, { median, interval }: InferenceTiming): CommitTime {
  return {
    commit,
    model,
    seconds: median,
    low: interval?.low ?? median,
    high: interval?.high ?? median,
  };
}

/** The letter that comparisons give a result, and the first digits of its commit. */
function commitText({ tool }: RunResult, index: number): string {
  return `${String.fromCharCode(65 + index)}: ${tool.commit?.slice(0, 10) ?? "unknown commit"}`;
}
