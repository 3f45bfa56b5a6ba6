/**
 * Masks of two sides measured against the truth, scan by scan.
 *
 * @module
 */

import { readCaseScan, readCaseTruth } from "../../datasets/mod.ts";
import { readMask } from "../../imaging/mod.ts";
import { AREA_OVERLAP } from "../../metrics/area_plot.ts";
import { MaskPair } from "../../metrics/mod.ts";
import { DICE } from "../../metrics/overlap.ts";
import type { GateAccuracy } from "../../results/mod.ts";
import { mean } from "../../statistics/summary.ts";
import type { InspectedMask } from "../sides/inspect.ts";

/** What is measured. */
export const MEASURES = [DICE, AREA_OVERLAP] as const;

/** A measure of one scan on both sides; null where it is undefined. */
export interface PairedValue {
  /** Of the base. */
  readonly base: number | null;
  /** Of what is new. */
  readonly new: number | null;
  /** Whether both masks are the same, bit for bit. */
  readonly same: boolean;
}

/**
 * Compares the masks of a model by Dice and area overlap. Equal masks are measured once.
 *
 * @param margin how much a measure may lose on average
 */
export function compareMasks(
  model: string,
  base: readonly InspectedMask[],
  other: readonly InspectedMask[],
  margin: number,
): GateAccuracy[] {
  const values = new Map<string, PairedValue[]>(MEASURES.map(({ name }) => [name, []]));
  for (const [i, { scan, path, sha256 }] of base.entries()) {
    const truth = readCaseTruth(scan, readCaseScan(scan));
    if (truth === null) continue;
    const same = sha256 === other[i].sha256;
    const pairOf = (file: string) => new MaskPair(readMask(file).voxels, truth.voxels, truth);
    const before = pairOf(path);
    const after = same ? before : pairOf(other[i].path);
    for (const { name, compute } of MEASURES) {
      values.get(name)!.push({ base: compute(before).value, new: compute(after).value, same });
    }
  }
  return MEASURES.map(({ name }) => accuracyOf(model, name, values.get(name)!, margin));
}

/** What the scans say of one measure. */
export function accuracyOf(
  model: string,
  measure: string,
  values: readonly PairedValue[],
  margin: number,
): GateAccuracy {
  const paired = values.flatMap(({ base, new: other }) =>
    base === null || other === null ? [] : [{ base, other, difference: other - base }]
  );
  const lost = values.filter(({ base, new: other }) => base !== null && other === null).length;
  const n = paired.length;
  const difference = n === 0 ? null : mean(paired.map((one) => one.difference));
  return {
    model,
    measure,
    scans: values.length,
    same: values.filter(({ same }) => same).length,
    n,
    base: n === 0 ? null : mean(paired.map(({ base }) => base)),
    new: n === 0 ? null : mean(paired.map(({ other }) => other)),
    difference,
    worst: n === 0 ? null : Math.min(...paired.map((one) => one.difference)),
    lost,
    worse: lost > 0 || (difference !== null && difference < -margin),
  };
}
