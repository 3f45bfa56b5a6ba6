/**
 * Where the time of one execution goes, step by step, against what the machine can do.
 *
 * @module
 */

/** What bounds a step at the roofs: its arithmetic or its memory traffic. */
export type Bound = "compute" | "memory";

/** The machine's measured peaks: the roofs of the roofline. */
export interface PeaksRecord {
  /** 1e9 operations a second of the fastest product of matrices, in the precision. */
  readonly gflopPerSecond: number;
  /** 1e9 bytes a second to and from memory, reading and writing. */
  readonly gbPerSecond: number;
  /** Bytes of the tensor that the bandwidth was measured with: more than caches hold. */
  readonly tensorBytes: number;
}

/** How well something that took time used the machine. */
export interface RatesRecord {
  /** Median seconds. */
  readonly seconds: number;
  /** Operations; a multiply-add counts 2, taps outside the input count nothing. */
  readonly flops: number;
  /** Bytes that must be read and written at least, at the element size of the precision. */
  readonly bytes: number;
  /** 1e9 operations a second; null where the clock saw no time pass. */
  readonly gflopPerSecond: number | null;
  /** 1e9 bytes a second; null where the clock saw no time pass. */
  readonly gbPerSecond: number | null;
  /**
   * Time at the roofs divided by the time taken, the roof of a step being the lower one of its
   * operations a byte; null where the clock saw no time pass. It passes 1 only where a step
   * multiplies less than is counted (convolutions in tiles), was served by a cache, which is faster
   * than memory, or where other work slowed the peaks.
   */
  readonly share: number | null;
}

/** One step. */
export interface StepRecord extends RatesRecord {
  /** Name of its node. */
  readonly name: string;
  /** Which op. */
  readonly op: string;
  /** Ops that ride on it, in order. */
  readonly fused: readonly string[];
  /** What runs it, as the library names it. */
  readonly implementation: string;
  /** Which roof is the lower one. */
  readonly bound: Bound;
}

/** All steps of one op. */
export interface GroupRecord extends RatesRecord {
  /** Which op. */
  readonly op: string;
  /** How many steps. */
  readonly steps: number;
}

/** Where the time of one execution goes. */
export interface ProfileRecord {
  /** Calls that each median is over. */
  readonly calls: number;
  /** The roofs. */
  readonly peaks: PeaksRecord;
  /** Steps in the order in which they run. */
  readonly steps: readonly StepRecord[];
  /** Steps by op, the slowest op first. */
  readonly groups: readonly GroupRecord[];
  /** All steps together: their seconds are the sum of the steps' medians. */
  readonly total: RatesRecord;
  /** Median seconds of whole runs, made in turn with the calls. */
  readonly runSeconds: number;
  /**
   * Whole runs less the sum of steps: copies of inputs and outputs. Below 0 where timing each step
   * by itself costs more than that.
   */
  readonly overheadSeconds: number;
}
