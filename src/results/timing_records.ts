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
  /** The GPU around the repeated timings of each model; absent where nothing tells of one. */
  readonly device?: readonly DeviceTiming[];
}

/** The GPU before and after the repeated timings of one model. */
export interface DeviceTiming {
  /** Key of the model. */
  readonly model: string;
  /** Before the first run. */
  readonly before: DeviceStateRecord;
  /** Right after the last one. */
  readonly after: DeviceStateRecord;
}

/** How a GPU is doing at one moment. */
export interface DeviceStateRecord {
  /** Clock of the multiprocessors in MHz. */
  readonly clock: number;
  /** Clock of the memory in MHz. */
  readonly memoryClock: number;
  /** Degrees Celsius; null where it does not say. */
  readonly temperature: number | null;
  /** Memory that is taken on it by all programs, in bytes. */
  readonly memoryUsed: number;
  /** What holds its clocks down, in words; empty where nothing does. */
  readonly heldDownBy: readonly string[];
}

/** Repeated timings of one model in one scope. */
export interface InferenceTiming {
  /** Key of the model. */
  readonly model: string;
  /** What was timed. */
  readonly scope: Scope;
  /**
   * `device`: by events of the GPU, without the copies between host and device. Absent where it is
   * the wall clock, which waits until the result is there.
   */
  readonly clock?: "device";
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
  /** Memory of the GPU that the model holds while it runs, in bytes; absent on the CPU. */
  readonly deviceMemory?: number;
  /** What ran the steps of the network, by the library's names, the most frequent first. */
  readonly kernels?: readonly KernelRecord[];
}

/** A kernel and how much of a network it runs. */
export interface KernelRecord {
  /** As the library names it, such as `cuDNN engine 44: forward + relu`. */
  readonly name: string;
  /** Steps that it runs. */
  readonly steps: number;
}
