/**
 * RunResult v1: what a run leaves behind.
 *
 * Everything outside `timing` and `volatile` is the same, byte for byte, when the same suite runs
 * on the same inputs on the same machine. Nothing in it names a patient, a host or a path: cases
 * go by their index and the hash of their voxels, and by the manifest's id only where the manifest
 * says that it is public.
 *
 * @module
 */

import type { ExperimentsRecord, Refused } from "./experiment_records.ts";
import type { MeasuredValue } from "./measured.ts";
import type { StatisticsRecord } from "./statistics_records.ts";
import type { TimingRecord } from "./timing_records.ts";

/** The results of one run of a suite. */
export interface RunResult {
  /** What kind of file this is. */
  readonly schema: "stackbench/run-result";
  /** Version of the schema. */
  readonly version: 1;
  /** `partial` while cases are missing: the run was interrupted or goes on. */
  readonly status: "partial" | "complete";
  /** What made it. */
  readonly tool: ToolRecord;
  /** What was asked for. */
  readonly suite: SuiteRecord;
  /** On what it ran. */
  readonly environment: EnvironmentRecord;
  /** The models, in the order of the suite. */
  readonly models: readonly ModelRecord[];
  /** The scans. */
  readonly dataset: DatasetRecord;
  /** What each model made of each scan. */
  readonly predictions: readonly PredictionRecord[];
  /** The experiments by name. */
  readonly experiments: ExperimentsRecord;
  /** 3-D against 2-D; absent while the run is partial, and in older files. */
  readonly statistics?: StatisticsRecord | Refused;
  /** What a reader must know before believing the numbers. */
  readonly warnings: readonly WarningRecord[];
  /** Measured times and memory. */
  readonly timing: TimingRecord;
  /** Facts of this one run. */
  readonly volatile: VolatileRecord;
}

/** The program that ran. */
export interface ToolRecord {
  /** Its name. */
  readonly name: "stackbench";
  /** Its version. */
  readonly version: string;
  /** The commit it was checked out at, with `-dirty` when files differed; null where unknown. */
  readonly commit: string | null;
}

/** The suite that ran. */
export interface SuiteRecord {
  /** Its name. */
  readonly name: string;
  /** SHA-256 of its canonical JSON. */
  readonly sha256: string;
  /** Seed of everything random. */
  readonly seed: number;
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** Element type of activations. */
  readonly precision: "fp64" | "fp32" | "tf32" | "fp16" | "bf16";
}

/** The machine, without its name. */
export interface EnvironmentRecord {
  /** Operating system. */
  readonly os: string;
  /** Processor architecture. */
  readonly arch: string;
  /** Version of Deno. */
  readonly deno: string;
  /** Version of V8. */
  readonly v8: string;
  /** The processor. */
  readonly cpu: {
    /** Model as the system names it; null where it does not. */
    readonly model: string | null;
    /** Cores that this process may use. */
    readonly cores: number;
  };
  /** Memory of the machine in bytes; null where unknown. */
  readonly memory: number | null;
  /** The backend. */
  readonly backend: {
    /** Its name. */
    readonly name: string;
    /** Kind of device. */
    readonly device: "cpu" | "gpu";
    /** Instruction set that its kernels use; null where it does not say. */
    readonly isa: string | null;
    /** Threads that it computes with. */
    readonly threads: number;
    /** Native libraries and their versions. */
    readonly libraries: Readonly<Record<string, string>>;
    /** The GPU; absent on the CPU. */
    readonly gpu?: GpuRecord;
  };
}

/** A GPU, as far as it is the same in every run on it. */
export interface GpuRecord {
  /** Its name. */
  readonly name: string;
  /** Its memory in bytes. */
  readonly memory: number;
  /** Whether memory corrects errors; null where that is not known. */
  readonly ecc: boolean | null;
  /** Power that it may draw, in watts; null where that is not known. */
  readonly powerLimit: number | null;
  /** Whether the engines and kernels that ran, which `kernels` names, give the same bits each time. */
  readonly deterministic?: boolean;
}

/** A model as it ran. */
export interface ModelRecord {
  /** Its key in this file. */
  readonly id: string;
  /** The one experiment that it is run for; absent where it is one of the suite's own models. */
  readonly experiment?: "overlap";
  /** Name such as `vnet:small`. */
  readonly name: string;
  /** 3 for stacks, 2 for slices. */
  readonly dimensions: 2 | 3;
  /** Shape of one execution's input, N, C, (D,) H, W. */
  readonly input: readonly number[];
  /** Settings that differ from the variant's. */
  readonly options: Readonly<Record<string, string>>;
  /** What it sees of each slice; absent: all of it. */
  readonly field?: "whole" | "lungs";
  /** Trainable parameters. */
  readonly parameters: number;
  /** Floating-point operations of one execution; taps outside the input do not count. */
  readonly flops: number;
  /** Hash of the graph. */
  readonly graphHash: string;
  /** Where the weights come from. */
  readonly weights: {
    /** Drawn from the suite's seed, or read from a file. */
    readonly source: "seeded-random" | "file";
    /** SHA-256 over names, shapes and values. */
    readonly sha256: string;
    /** In a cross-validation: SHA-256 of the weights of each fold that has scans, in their order. */
    readonly folds?: readonly string[];
    /**
     * Where probabilities are the mean over several weights: SHA-256 of each. In a cross-validation
     * that is so for scans that are in no fold.
     */
    readonly ensemble?: readonly string[];
  };
  /** How slices are stacked; null for 2-D models. */
  readonly stack: {
    /** Slices in a stack. */
    readonly size: number;
    /** Slices that a stack shares with the next. */
    readonly overlap: number;
    /** How overlapping stacks are averaged. */
    readonly stitching: "mean" | "gaussian";
  } | null;
}

/** The scans of a run. */
export interface DatasetRecord {
  /** Its name, if it may be told. */
  readonly name: string | null;
  /** SHA-256 of the manifest's canonical JSON. */
  readonly manifestSha256: string;
  /** The scans in the order of the manifest. */
  readonly cases: readonly CaseRecord[];
}

/** One scan. */
export interface CaseRecord {
  /** Its place in the manifest, from 0. */
  readonly index: number;
  /** Its id, if the manifest is public. */
  readonly id: string | null;
  /** Its split. */
  readonly split: "train" | "validation" | "test";
  /** In a cross-validation: the fold whose weights it went through, from 0. */
  readonly fold?: number;
  /** What is wrong with it, so that some measures are null; nothing where left out. */
  readonly caveats?: readonly ("unknown-spacing" | "gaps" | "positive-slices-only")[];
  /** Number of its patient, from 0, in the order of the manifest. */
  readonly patient: number;
  /** Voxels along z, y, x. */
  readonly shape: readonly [number, number, number];
  /** Millimetres along z, y, x; null where unknown. */
  readonly spacing: readonly [number, number, number] | null;
  /** SHA-256 of the voxels in HU, little-endian float32, in the canonical order z, y, x. */
  readonly voxelsSha256: string;
  /** Window that was applied, in words. */
  readonly window: string;
  /** What was noticed while reading, as rule names. */
  readonly notes: readonly string[];
  /** The truth; null where the manifest names none. */
  readonly truth: TruthRecord | null;
  /** What a plain threshold of HU scores; absent where the lungs or the truth are not known. */
  readonly huThreshold?: HuThresholdRecord;
}

/** The best threshold of HU inside the lungs, chosen with the truth in hand: an upper bound. */
export interface HuThresholdRecord {
  /** Lowest HU that is taken for a lesion; null where none is best. */
  readonly low: number | null;
  /** Its Dice with the truth inside the lungs. */
  readonly dice: MeasuredValue;
}

/** A truth mask. */
export interface TruthRecord {
  /** SHA-256 of the mask, one byte a voxel, in the canonical order z, y, x. */
  readonly sha256: string;
  /** Foreground voxels. */
  readonly voxels: number;
  /** Foreground pixels of each slice. */
  readonly slicePixels: readonly number[];
}

/** What a model made of a scan. */
export interface PredictionRecord {
  /** Key of the model. */
  readonly model: string;
  /** Index of the case. */
  readonly case: number;
  /** Executions of the graph: stacks, or batches of slices. */
  readonly executions: number;
  /** SHA-256 of the mask, one byte a voxel, in the canonical order z, y, x. */
  readonly maskSha256: string;
  /** Foreground voxels. */
  readonly voxels: number;
  /** Foreground pixels of each slice. */
  readonly slicePixels: readonly number[];
  /** Foreground voxels of both mask and truth; null where accuracy means nothing here. */
  readonly truePositives: number | null;
  /** Metrics against the truth; null where accuracy means nothing here. */
  readonly metrics: Readonly<Record<string, MeasuredValue>> | null;
  /** Runs of four consecutive slices that are positive in truth; null as the metrics. */
  readonly runs: readonly RunRecord[] | null;
}

/** Presence of a prediction in four consecutive slices that are positive in truth. */
export interface RunRecord {
  /** First slice. */
  readonly slice: number;
  /** Presence in each slice, such as `1011`. */
  readonly pattern: string;
  /** Dice over the voxels of the run. */
  readonly dice: number;
}

/** What a reader must know before believing the numbers. */
export interface WarningRecord {
  /** Which of the closed set. */
  readonly code:
    | "random-weights"
    | "reference-backend"
    | "window"
    | "field"
    | "few-repeats"
    | "held-down";
  /** What is the matter. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

/** Facts of this one run. */
export interface VolatileRecord {
  /** When it started, ISO 8601, UTC. */
  readonly startedAt: string;
  /** When this file was written. */
  readonly writtenAt: string;
  /** Load average of the last minute when it started; null where unknown. */
  readonly loadAverage: number | null;
  /** Free memory when it started, in bytes; null where unknown. */
  readonly memoryAvailable: number | null;
}
