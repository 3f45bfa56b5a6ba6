/**
 * A result of now judged against a stored one.
 *
 * What a stored base cannot give is both programs in the same minutes. Its machine may have been
 * warmer, busier or clocked otherwise, and no interval within either run holds that: a slow-down is
 * therefore only called one where it is beyond all that is tolerated, and its false alarms have no
 * stated rate.
 *
 * @module
 */

import {
  type Matched,
  matchModels,
  obstacles,
  predictionsOf,
  timingsOf,
} from "../../comparison/mod.ts";
import { NotComparableError } from "../../base/errors.ts";
import type { RunScope } from "../../bench/run_scopes.ts";
import type {
  GateAccuracy,
  GateTime,
  GateTimeRow,
  InferenceTiming,
  KernelRecord,
  RunResult,
} from "../../results/mod.ts";
import { timeRatio } from "../../statistics/log_ratio.ts";
import { standardDeviation } from "../../statistics/summary.ts";
import { accuracyOf, MEASURES } from "../accuracy/compare_masks.ts";
import { changed, type Difference, grown } from "../facts/compare_plans.ts";
import type { Rule } from "../time/judge.ts";

/** What a stored base cannot promise: it stands with every verdict. */
export const STORED_NOTE = "The base is a stored result: it ran in other minutes, and how the " +
  "machine was then is part of every ratio. It cannot promise that a slow-down is seen, nor how " +
  "often one is called that is none; --base COMMIT runs both in turn.";

/** A model of both results. */
export type StoredPair = Matched;

/**
 * Models of both results.
 *
 * @param only names or keys of those that are wanted; all unless given
 * @throws NotComparableError that lists every reason why the results may not be compared
 */
export function pairsOf(
  stored: RunResult,
  fresh: RunResult,
  only: readonly string[] | undefined,
): StoredPair[] {
  const { matched } = matchModels([stored, fresh], "commit");
  // other graphs and weights are what a gate judges
  const pairs = matched.filter(({ name }) => only?.includes(name) ?? true);
  const against = obstacles([stored, fresh], "commit", pairs, { changedModels: true });
  if (against.length === 0) return pairs;
  throw new NotComparableError(
    `the stored result (A) may not be compared with what is new (B): ${against.join("; ")}`,
    {
      advice: "store a base of the same suite and scans, made on this machine by `stackbench run`",
      details: { obstacles: against },
    },
  );
}

/** Facts that differ, as far as results tell them. */
export function storedDifferences({ base, other }: StoredPair): Difference[] {
  const [before, after] = [base, other].map(({ model, result }) => ({
    ...model,
    ...result.environment.backend,
    kernels: timingsOf({ model, result }).find(({ kernels }) => kernels)?.kernels ?? null,
  }));
  return [
    ...changed("steps", "hash of the graph", before.graphHash, after.graphHash, false),
    ...(before.kernels && after.kernels ? kernelDifferences(before.kernels, after.kernels) : []),
    ...grown("work", "floating-point operations", before.flops, after.flops),
    ...grown("parameters", "trainable parameters", before.parameters, after.parameters),
    ...changed(
      "weights",
      "SHA-256 of the weights",
      before.weights.sha256,
      after.weights.sha256,
      false,
    ),
  ];
}

/** Kernels that run another number of steps: one that runs more took them from another. */
function kernelDifferences(
  base: readonly KernelRecord[],
  other: readonly KernelRecord[],
): Difference[] {
  const names = [...new Set([...base, ...other].map(({ name }) => name))].sort();
  const stepsOf = (kernels: readonly KernelRecord[], name: string) =>
    kernels.find((one) => one.name === name)?.steps ?? 0;
  return names.flatMap((name) =>
    grown("kernels", `steps that ${name} runs`, stepsOf(base, name), stepsOf(other, name))
  );
}

/** Dice and area overlap, paired by scan. */
export function storedAccuracy({ name, base, other }: StoredPair, margin: number): GateAccuracy[] {
  const theirs = predictionsOf(other);
  const scans = [...predictionsOf(base)].filter(([, { scan }]) => scan.truth !== null);
  return MEASURES.map(({ name: measure }) => {
    const values = scans.map(([key, { prediction: before }]) => {
      const after = theirs.get(key)?.prediction ?? null;
      return {
        base: before?.metrics?.[measure]?.value ?? null,
        new: after?.metrics?.[measure]?.value ?? null,
        same: before !== null && before.maskSha256 === after?.maskSha256,
      };
    });
    return accuracyOf(name, measure, values, margin);
  });
}

/** Times, a row for each model and scope: its units are the processes of either run. */
export function storedTime(
  pairs: readonly StoredPair[],
  scopes: readonly RunScope[],
  rule: Rule,
): GateTime {
  const timed = pairs.flatMap(({ name, base, other }) =>
    scopes.flatMap((scope) => {
      const [before, after] = [base, other].map((entry) =>
        timingsOf(entry).find((one) => one.scope === scope)
      );
      return before && after ? [{ model: name, scope, before, after }] : [];
    })
  );
  const rows = timed.map(({ model, scope, before, after }) =>
    rowOf(model, scope, before, after, timed.length, rule)
  );
  const slower = rows.filter(({ verdict }) => verdict === "slower");
  const open = rows.filter(({ verdict }) => verdict === "open");
  const names = (those: readonly GateTimeRow[]) =>
    those.map(({ model, scope }) => `${model}, ${scope}`).join("; ");
  return {
    ...(slower.length > 0
      ? { verdict: "slower", reason: `slower: ${names(slower)}`, advice: null }
      : open.length > 0 || rows.length === 0
      ? {
        verdict: "undecided",
        reason: rows.length === 0
          ? "no time of both is known"
          : `too noisy to say (${names(open)})`,
        advice: "more processes in the suite's timing, or --base COMMIT, which runs both in turn",
      }
      : { verdict: "pass", reason: "as fast as the stored base", advice: null }),
    planned: Math.max(0, ...rows.map(({ blocks }) => blocks)),
    rows,
    blocks: timed.flatMap(({ model, scope, before, after }) => [
      ...blocksOf(model, scope, "base", before),
      ...blocksOf(model, scope, "new", after),
    ]),
  };
}

function rowOf(
  model: string,
  scope: RunScope,
  before: InferenceTiming,
  after: InferenceTiming,
  rows: number,
  { alpha, missed, tolerated }: Rule,
): GateTimeRow {
  const units = ({ processes, slices }: InferenceTiming) =>
    processes.map(({ median }) => median / slices);
  const bound = (chance: number) => timeRatio(units(before), units(after), 1 - 2 * chance);
  const { ratio, interval } = bound(alpha / rows);
  const low = interval?.low ?? 0;
  const high = bound(missed).interval?.high ?? null;
  const limit = Math.exp(tolerated);
  const verdict = low > 1 && ratio >= limit
    ? "slower"
    : high !== null && high < limit
    ? "as fast"
    : "open";
  const logs = units(before).map(Math.log);
  return {
    model,
    scope,
    clock: "elapsed",
    leading: true,
    blocks: after.processes.length,
    ratio,
    low,
    high,
    noise: logs.length > 1 ? standardDeviation(logs) : null,
    twinFires: false,
    verdict,
    confirmed: null,
  };
}

/** The raw samples of a side, a block each process. */
function blocksOf(
  model: string,
  scope: RunScope,
  role: "base" | "new",
  { processes }: InferenceTiming,
): GateTime["blocks"] {
  return processes.map(({ samples, others }) => ({
    model,
    confirming: false,
    others: others ?? null,
    scopes: [{
      scope,
      runs: samples.map(({ seconds }) => ({ role, elapsed: seconds, processor: null })),
    }],
  }));
}
