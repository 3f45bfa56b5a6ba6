/**
 * What an experiment is: its section of results, and how that is made of the records of a run.
 *
 * @module
 */

import type * as z from "zod";
import type { MetricGrid } from "../../metrics/mod.ts";
import type { RunFacts } from "../facts.ts";
import type { CaseRecord, ModelRecord, Refused } from "../records.ts";
import type { Recorded } from "../schema/parts.ts";

/** A scan that a model of the suite has just made a mask of. */
export interface MeasuredScan {
  /** Key of the model. */
  readonly model: string;
  /** Index of the case. */
  readonly case: number;
  /** 0 or 1 a voxel, order (z, y, x). */
  readonly truth: Uint8Array;
  /** Voxels along z, y, x, and mm between them. */
  readonly grid: MetricGrid;
  /** What is wrong with the scan. */
  readonly caveats: NonNullable<CaseRecord["caveats"]>;
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
}

/** What is kept of one scan. */
export interface Watch<Entry> {
  /** Told of the probabilities of a slice on the scan's own grid, valid during the call. */
  readonly onProbabilities?: (z: number, probabilities: Float32Array) => void;
  /** What was found, given the whole mask: 0 or 1 a voxel, order (z, y, x). */
  end(mask: Uint8Array): Entry;
}

/**
 * What an experiment measures of a scan while mask and probabilities are in memory: for models of
 * the suite with trained weights, on scans with truth.
 */
export interface Measuring<Section, Entry> {
  /** Whether it looks at probabilities, and not at the mask alone. */
  readonly probabilities: boolean;
  /** Whether the masks of a model are its business. */
  applies(model: ModelRecord): boolean;
  /** Begins with a scan, before the first slice is finished. */
  begin(scan: MeasuredScan): Watch<Entry>;
  /** What a run that was interrupted has kept in its section. */
  kept(section: Section): readonly Entry[];
}

/** An experiment, written with the type of what it keeps of each scan. */
export interface ExperimentDefinition<K extends string, R extends z.ZodType, Entry> {
  /** Its key in suites and results. */
  readonly key: K;
  /** Its heading in reports. */
  readonly title: string;
  /** What of the paper it is, in a few words. */
  readonly about: string;
  /** Its section of results. */
  readonly record: R;
  /** What it measures while masks are in memory; nothing where left out. */
  readonly measuring?: Measuring<Recorded<R>, Entry>;
  /** Makes the section of the records of a run, or says why not. */
  make(facts: RunFacts, entries: readonly Entry[]): Recorded<R> | Refused;
}

/** An experiment whose type of entries is hidden, as the list of experiments holds it. */
export interface Experiment<K extends string = string, R extends z.ZodType = z.ZodType> {
  /** Its key in suites and results. */
  readonly key: K;
  /** Its heading in reports. */
  readonly title: string;
  /** What of the paper it is, in a few words. */
  readonly about: string;
  /** Its section of results. */
  readonly record: R;
  /** What it measures while masks are in memory; null where that is nothing. */
  readonly measuring: Measuring<unknown, unknown> | null;
  /**
   * Makes the section of the records of a run, or says why not.
   *
   * @param entries what its `measuring` found, in the order of the scans
   */
  make(facts: RunFacts, entries: readonly unknown[]): Recorded<R> | Refused;
}

/** Hides the type of entries of a definition. */
export function defineExperiment<K extends string, R extends z.ZodType, Entry = never>(
  { measuring, ...definition }: ExperimentDefinition<K, R, Entry>,
): Experiment<K, R> {
  return {
    ...definition,
    // only entries and sections of this very experiment are ever handed to it
    measuring: measuring === undefined ? null : measuring as Measuring<unknown, unknown>,
    make: (facts, entries) => definition.make(facts, entries as readonly Entry[]),
  };
}
