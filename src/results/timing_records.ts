/**
 * Measured times and memory, as results tell of them.
 *
 * @module
 */

/** The scopes of a time: graph only; voxels to mask in memory; files to mask file. */
export type Scope = "network" | "case" | "end_to_end";

/** Measured times and memory. */
export interface TimingRecord {
  /** The one pass over each scan. */
  readonly cases: readonly {
    /** Key of the model. */
    readonly model: string;
    /** Index of the case. */
    readonly case: number;
    /** Seconds of each phase. */
    readonly phases: Readonly<Record<string, number>>;
    /** Seconds from stored voxels to mask, both in memory. */
    readonly caseSeconds: number;
    /** Seconds from files on disk to the mask file on disk. */
    readonly endToEndSeconds: number;
    /** Largest resident memory of the process so far, in bytes; null where unknown. */
    readonly peakRss: number | null;
  }[];
  /** Repeated timings of the `inference_time` experiment. */
  readonly inference: readonly InferenceTiming[];
}

/** Repeated timings of one model in one scope. */
export interface InferenceTiming {
  /** Key of the model. */
  readonly model: string;
  /** What was timed. */
  readonly scope: Scope;
  /** Slices that one run takes: of a stack, a batch or the scan. */
  readonly slices: number;
  /** Runs before the first timed one. */
  readonly warmup: number;
  /** Seconds of each timed run, in order. */
  readonly samples: readonly number[];
  /** Median of the samples. */
  readonly median: number;
  /** 95 % bootstrap interval of the median; null for fewer than three samples. */
  readonly interval: readonly [number, number] | null;
  /** Slices a second, from the median. */
  readonly slicesPerSecond: number;
  /** 1e9 floating-point operations of the network a second, from the median. */
  readonly gflopPerSecond: number;
  /** Largest resident memory of the process so far, in bytes; null where unknown. */
  readonly peakRss: number | null;
}
