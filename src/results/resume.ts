/**
 * Going on with a run that was interrupted.
 *
 * A results file is written anew after each case. While its `status` is `partial` it can be resumed:
 * a model has finished a case when its prediction stands in `predictions`. What was timed before
 * the interruption stays as it is; experiments are computed anew from all predictions.
 *
 * @module
 */

import { canonicalJson } from "../base/hashing.ts";
import { differenceText, firstDifference } from "../base/difference.ts";
import type { RunResult } from "./records.ts";
import { CURRENT, type SchemaVersion, versionText } from "./version.ts";

/** What decides the numbers of a run: the sections that must be equal to resume it. */
export interface RunIdentity {
  /** The program. */
  readonly tool: RunResult["tool"];
  /** What was asked for. */
  readonly suite: RunResult["suite"];
  /** The machine and the backend. */
  readonly environment: RunResult["environment"];
  /** The models with their weights. */
  readonly models: RunResult["models"];
  /** SHA-256 of the manifest's canonical JSON. */
  readonly manifestSha256: string;
  /** The scans that were chosen by hand; absent where none were. */
  readonly chosen?: readonly number[];
  /** The part of the run; absent where it is the whole. */
  readonly shard?: RunResult["shard"];
}

/**
 * Why earlier results cannot be gone on with, in words; null when they can. What was written by
 * another version of the schema is for reading: what it left out or called otherwise cannot be
 * made up for, and what a newer one holds besides would be lost.
 *
 * @param from version of the file that they come from
 */
export function resumeObstacle(
  previous: RunResult,
  from: SchemaVersion,
  now: RunIdentity,
): string | null {
  if (from.version !== CURRENT.version || from.minor !== CURRENT.minor) {
    return `its schema has version ${versionText(from)}, not ${versionText(CURRENT)}`;
  }
  if (previous.status === "complete") return "it is complete";
  const pairs = [
    ["suite", "another suite"],
    ["models", "other models or weights"],
    ["environment", "another machine or backend"],
    ["tool", "another version of stackbench"],
  ] as const;
  for (const [section, other] of pairs) {
    const difference = firstDifference(previous[section], now[section]);
    if (difference) return `it comes from ${other} (${differenceText(difference)})`;
  }
  const scans = ({ manifestSha256, chosen, shard }: Partial<RunIdentity>) =>
    canonicalJson([manifestSha256, chosen ?? null, shard ?? null]);
  return scans({ ...previous.dataset, shard: previous.shard }) === scans(now)
    ? null
    : "it comes from other scans";
}

/** Whether a model has finished a case. */
export function hasFinished(result: RunResult, model: string, caseIndex: number): boolean {
  return result.predictions.some((one) => one.model === model && one.case === caseIndex);
}
