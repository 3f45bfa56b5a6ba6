/**
 * Why results may not be compared.
 *
 * @module
 */

import { canonicalJson } from "../base/hashing.ts";
import { type Factor, processorText, type RunResult } from "../results/mod.ts";
import { differingFactors, WHOLE_FACTORS, type WholeFactor } from "./factors.ts";
import { type Matched, scanKey, sideName } from "./sides.ts";

/**
 * The factor by which results are compared: the one that is asked for, else the only one in which
 * they differ; the model where they are one result, or differ in nothing.
 */
export function factorOf(results: readonly RunResult[], asked?: Factor): Factor {
  if (asked) return asked;
  const [first, ...more] = differingFactors(results);
  if (first === undefined) return results.length === 1 ? "model" : "commit";
  // more than one is told of as an obstacle
  return more.length === 0 ? first : [first, ...more].includes("commit") ? "commit" : first;
}

/** What may differ besides the factor. */
export interface Allowed {
  /** Whether models of one name may have another graph or other weights (default: no). */
  readonly changedModels?: boolean;
}

/** Everything that must be the same and is not, in words. */
export function obstacles(
  results: readonly RunResult[],
  by: Factor,
  matched: readonly Matched[],
  { changedModels = false }: Allowed = {},
): string[] {
  return [
    ...unfinished(results),
    ...otherFactors(results, by),
    ...otherProtocol(results),
    ...otherScans(results),
    ...(by === "model" || changedModels ? [] : otherModels(matched)),
    ...(matched.length === 0 ? ["no model is in both"] : []),
  ];
}

function unfinished(results: readonly RunResult[]): string[] {
  return results.flatMap(({ status }, i) =>
    status === "partial" ? [`${sideName(i)} is partial: its run was interrupted or goes on`] : []
  );
}

/** Factors that differ besides the one that may. */
function otherFactors(results: readonly RunResult[], by: Factor): string[] {
  // another backend brings another instruction set and threads of its own
  const implied: readonly WholeFactor[] = by === "backend" ? ["machine"] : [];
  return differingFactors(results)
    .filter((factor) => factor !== by && !(implied.includes(factor) && sameProcessor(results)))
    .map((factor) => {
      const values = results.map((result, i) =>
        `${sideName(i)}: ${WHOLE_FACTORS[factor].value(result)}`
      );
      return `the ${factor} differs too (${values.join("; ")})`;
    });
}

function sameProcessor(results: readonly RunResult[]): boolean {
  const known = results.map(({ environment: { cpu, backend } }) =>
    canonicalJson([processorText(cpu), cpu.cores, backend.device])
  );
  return new Set(known).size === 1;
}

/** Settings that masks hang on. */
function otherProtocol(results: readonly RunResult[]): string[] {
  const thresholds = results.map(({ suite }) => suite.threshold);
  return new Set(thresholds).size > 1
    ? [`the threshold differs (${thresholds.map((one, i) => `${sideName(i)}: ${one}`).join("; ")})`]
    : [];
}

/** Scans that are not the same on each side, or were windowed otherwise. */
function otherScans([base, ...others]: readonly RunResult[]): string[] {
  const known = new Map(base.dataset.cases.map((scan) => [scanKey(scan), scan]));
  return others.flatMap((result, index) => {
    const side = sideName(index + 1);
    const own = new Map(result.dataset.cases.map((scan) => [scanKey(scan), scan]));
    const lacking = [...known.keys()].filter((key) => !own.has(key)).length;
    const added = [...own.keys()].filter((key) => !known.has(key)).length;
    const rewindowed = [...own].filter(([key, scan]) =>
      known.has(key) && known.get(key)!.window !== scan.window
    ).length;
    return [
      ...(lacking > 0
        ? [
          `${lacking} of ${known.size} scans of A are not in ${side} (by the hashes of voxels and truth)`,
        ]
        : []),
      ...(added > 0 ? [`${added} scans of ${side} are not in A`] : []),
      ...(rewindowed > 0 ? [`${rewindowed} scans have another window in ${side}`] : []),
    ];
  });
}

/** Models of one name that are not the same. */
function otherModels(matched: readonly Matched[]): string[] {
  return matched.flatMap(({ name, side, base, other }) => [
    ...(base.model.graphHash !== other.model.graphHash
      ? [`${name} has another graph in ${side}`]
      : []),
    ...(base.model.weights.sha256 !== other.model.weights.sha256
      ? [`${name} has other weights in ${side}`]
      : []),
  ]);
}
