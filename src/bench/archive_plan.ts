/**
 * How long an archive of scans takes, and what it needs: reckoned from a measured run.
 *
 * @module
 */

import type { RunResult } from "../results/mod.ts";

/** What a model was measured to need. */
export interface Throughput {
  /** The model. */
  readonly model: string;
  /** Seconds a slice, from files on disk to the mask on disk, over all measured scans. */
  readonly secondsPerSlice: number;
  /** Scans that it was measured on. */
  readonly scans: number;
  /** Their slices. */
  readonly slices: number;
  /** Largest resident memory of the process, in bytes; null where unknown. */
  readonly peakBytes: number | null;
  /** Bytes of masks a slice; null where the masks are not at hand. */
  readonly maskBytesPerSlice: number | null;
}

/** Scans to be done. */
export interface Archive {
  /** How many. */
  readonly scans: number;
  /** All their slices. */
  readonly slices: number;
  /** Slices of the longest. */
  readonly longest: number;
  /** Bytes of their files. */
  readonly bytes: number;
}

/** What an archive takes. */
export interface ArchivePlan {
  /** How many scans. */
  readonly scans: number;
  /** Hours that all machines together are busy. */
  readonly machineHours: number;
  /** Hours until the last one ends, at most: shards are balanced to the longest scan. */
  readonly hours: number;
  /** Bytes of the scans. */
  readonly bytesIn: number;
  /** Bytes of the masks; null where unknown. */
  readonly bytesOut: number | null;
}

/**
 * What each model of a run needed, in the order of its models; those of experiments are left out.
 *
 * @param maskBytes bytes of the mask that a model made of a scan; null where it is not at hand
 */
export function throughputsOf(
  { models, dataset, timing }: Pick<RunResult, "models" | "dataset" | "timing">,
  maskBytes: (model: string, index: number) => number | null,
): readonly Throughput[] {
  const slicesOf = new Map(dataset.cases.map(({ index, shape }) => [index, shape[0]]));
  return models.flatMap(({ id, experiment }) => {
    if (experiment) return [];
    const passes = timing.cases.filter(({ model }) => model === id);
    if (passes.length === 0) return [];
    const slices = sum(passes.map((pass) => slicesOf.get(pass.case)!));
    const masks = passes.map((pass) => maskBytes(id, pass.case));
    const peaks = passes.map(({ peakRss }) => peakRss);
    return [{
      model: id,
      secondsPerSlice: sum(passes.map(({ endToEndSeconds }) => endToEndSeconds)) / slices,
      scans: passes.length,
      slices,
      peakBytes: known(peaks) ? Math.max(...peaks) : null,
      maskBytesPerSlice: known(masks) ? sum(masks) / slices : null,
    }];
  });
}

/**
 * As many scans like those of an archive, in the same proportion.
 *
 * @example
 * ```ts
 * import { scaledTo } from "./archive_plan.ts";
 * import assert from "node:assert/strict";
 * const archive = { scans: 2, slices: 100, longest: 60, bytes: 10 };
 * assert.deepEqual(scaledTo(archive, 10), { scans: 10, slices: 500, longest: 60, bytes: 50 });
 * ```
 */
export function scaledTo({ scans, slices, longest, bytes }: Archive, wanted: number): Archive {
  const factor = wanted / scans;
  return { scans: wanted, slices: slices * factor, longest, bytes: bytes * factor };
}

/**
 * What an archive takes on machines like the measured one.
 *
 * Whoever deals the longest scans out first, each to the machine with the least to do, ends at most
 * one longest scan after an even share (Graham 1969).
 *
 * @param machines how many, all alike
 *
 * @example
 * ```ts
 * import { planArchive } from "./archive_plan.ts";
 * import assert from "node:assert/strict";
 * const needs = { model: "m", secondsPerSlice: 3.6, scans: 1, slices: 100, peakBytes: null };
 * const archive = { scans: 10, slices: 5000, longest: 1000, bytes: 1e9 };
 * const plan = planArchive(archive, { ...needs, maskBytesPerSlice: 20 }, 5);
 * assert.equal(plan.machineHours, 5);
 * assert.equal(plan.hours, 1 + 0.8);
 * assert.equal(plan.bytesOut, 100_000);
 * ```
 */
export function planArchive(
  { scans, slices, longest, bytes }: Archive,
  { secondsPerSlice, maskBytesPerSlice }: Throughput,
  machines: number,
): ArchivePlan {
  const machineHours = slices * secondsPerSlice / 3600;
  const last = longest * secondsPerSlice / 3600 * (1 - 1 / machines);
  return {
    scans,
    machineHours,
    hours: machineHours / machines + last,
    bytesIn: bytes,
    bytesOut: maskBytesPerSlice === null ? null : maskBytesPerSlice * slices,
  };
}

function known(values: readonly (number | null)[]): values is readonly number[] {
  return values.every((value) => value !== null);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
