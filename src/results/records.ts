/**
 * The records of results, for reading.
 *
 * Written by `deno task schema` from the schemas in `schema/` and `experiments/`: change those.
 *
 * @module
 */

/** The results of one run of a suite. */
export interface RunResult {
  /** What kind of file this is. */
  readonly schema: "stackbench/run-result";
  /** Version of the schema. */
  readonly version: 2;
  /** Its minor version: keys that were added since. */
  readonly minor: number;
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
  /** Which part of a run this is; absent where it is the whole. */
  readonly shard?: ShardRecord;
  /** What each model made of each scan. */
  readonly predictions: readonly PredictionRecord[];
  /**
   * Scans of which a model has no mask, because it failed on them; results without any are sound.
   */
  readonly failures: readonly FailureRecord[];
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
  /** All that it says, but for where files lie; absent in older files. */
  readonly settings?: Readonly<Record<string, unknown>>;
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
  /**
   * Whether the engines and kernels that ran, which `kernels` names, give the same bits each time.
   */
  readonly deterministic?: boolean;
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
    /**
     * Family and model as numbers, which tell processors of one name apart; null where unknown,
     * absent in older files.
     */
    readonly generation?: string | null;
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
  /** What it sees of each slice: all of it, or where the lungs are; absent: all. */
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
    /**
     * In a cross-validation: SHA-256 of the weights of each fold that has scans, in their order.
     */
    readonly folds?: readonly string[];
    /**
     * SHA-256 of the weights whose probabilities are averaged; in a cross-validation that is done
     * of scans in no fold.
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
    /**
     * What fills stacks that reach past the end of a scan: zeros; the slices of a scan that is
     * shorter than a stack, repeated; or these and, of a longer one, the slices before; absent:
     * zeros.
     */
    readonly filling?: "zeros" | "repeat" | "shift";
  } | null;
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
  /** What was noticed while reading it, as `inspect` tells it. */
  readonly notes: readonly NoteRecord[];
  /** The truth; null where the manifest names none. */
  readonly truth: TruthRecord | null;
  /** What a plain threshold of HU scores; absent where the lungs or the truth are not known. */
  readonly huThreshold?: HuThresholdRecord;
}

/** One thing that was noticed while a scan was read. */
export interface NoteRecord {
  /** A fact, what was changed as the standard allows, what was left out, or what looks wrong. */
  readonly kind: "found" | "repaired" | "ignored" | "warning";
  /** Short name of the rule. */
  readonly rule: string;
  /** What happened, in words. */
  readonly message: string;
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

/** The best threshold of HU inside the lungs, chosen with the truth in hand: an upper bound. */
export interface HuThresholdRecord {
  /** Lowest HU that is taken for a lesion; null where none is best. */
  readonly low: number | null;
  /** Its Dice with the truth inside the lungs. */
  readonly dice: MeasuredValue;
}

/** A number, or null with the reason why there is none. */
export interface MeasuredValue {
  /** The number. */
  readonly value: number | null;
  /** Why there is none. */
  readonly reason?: string;
}

/** The scans of a run. */
export interface DatasetRecord {
  /** Its name, if it may be told. */
  readonly name: string | null;
  /** SHA-256 of the manifest's canonical JSON. */
  readonly manifestSha256: string;
  /**
   * Scans of the manifest that were left out, since they are faulty; absent where there are none.
   */
  readonly skipped?: number;
  /**
   * Indices of the scans that were chosen by hand; absent where the suite's splits decide alone.
   */
  readonly chosen?: readonly number[];
  /** The scans in the order of the manifest. */
  readonly cases: readonly CaseRecord[];
}

/** A part of a run, to be merged with the others. */
export interface ShardRecord {
  /** Number of the part, from 1. */
  readonly index: number;
  /** All parts. */
  readonly count: number;
  /** Scans of the whole run. */
  readonly scans: number;
  /** Indices of the scans of this part. */
  readonly cases: readonly number[];
  /**
   * SHA-256 of the canonical JSON of the part of every scan: equal where scans were shared out
   * alike.
   */
  readonly divisionSha256: string;
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
  /** SHA-256 of the canonical JSON of all else here; absent in older files. */
  readonly checksum?: string;
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

/** A scan of which a model has no mask, and why. */
export interface FailureRecord {
  /** Key of the model. */
  readonly model: string;
  /** Index of the case. */
  readonly case: number;
  /** What was wrong with the numbers. */
  readonly reason: string;
}

/** Scans and slices of each split. */
export interface DatasetExperiment {
  /** It was made. */
  readonly status: "done";
  /** One entry a split that has scans. */
  readonly splits: readonly {
    /** The split. */
    readonly split: "train" | "validation" | "test";
    /** Scans. */
    readonly scans: number;
    /** Patients. */
    readonly patients: number;
    /** Slices of all its scans. */
    readonly slices: number;
    /** Slices with foreground in truth; null where a scan has no truth. */
    readonly positiveSlices: number | null;
    /** Positive slices over slices; null where a scan has no truth. */
    readonly prevalence: number | null;
    /** Slices of each scan, in the order of the manifest. */
    readonly slicesPerScan: readonly number[];
    /** Scans by number of slices: bins of equal width from `from` on. */
    readonly histogram: {
      /** Lower edge of the first bin, in slices. */
      readonly from: number;
      /** Width of a bin, in slices. */
      readonly width: number;
      /** Scans in each bin. */
      readonly counts: readonly number[];
    };
    /** What the paper states of it; absent in older files. */
    readonly paper?: PaperRecord;
  }[];
}

/** What the paper states of the same thing, to stand beside what was found here. */
export interface PaperRecord {
  /** Where it says so. */
  readonly place: string;
  /** Its numbers by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What it says in words, by name. */
  readonly words: Readonly<Record<string, string>>;
}

/** An experiment that was not made, and why. */
export interface Refused {
  /** It was not made. */
  readonly status: "refused";
  /** Why. */
  readonly reason: string;
}

/** Dice of each model. */
export interface DiceExperiment {
  /** It was made. */
  readonly status: "done";
  /** What the best threshold of HU of each scan scores; absent where no scan has it. */
  readonly huThreshold?: {
    /** Mean over the scans where it is defined. */
    readonly mean: MeanRecord;
    /** Dice of each scan. */
    readonly scans: readonly CaseValue[];
  };
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** One entry a model. */
  readonly models: readonly {
    /** Key of the model. */
    readonly model: string;
    /** Mean over the scans where Dice is defined (the paper's figure). */
    readonly mean: MeanRecord;
    /** Dice of all voxels of all scans together. */
    readonly pooled: MeasuredValue;
    /** Scans left out of the mean because neither mask has foreground. */
    readonly undefinedScans: number;
    /** Dice of each scan. */
    readonly scans: readonly CaseValue[];
    /** What the paper states of it; absent in older files. */
    readonly paper?: PaperRecord;
  }[];
}

/** An interval around an estimate. */
export interface IntervalRecord {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Share of such intervals that are meant to hold the true value: 0.95. */
  readonly level: number;
}

/**
 * A mean over scans. Its BCa bootstrap interval, resampled by patient and seeded by the suite, is
 * drawn once a run is complete; older files have none.
 */
export interface MeanRecord {
  /** The number. */
  readonly value: number | null;
  /** Why there is none. */
  readonly reason?: string;
  /** The interval; null where there is none. */
  readonly interval?: IntervalRecord | null;
  /** Why there is no interval. */
  readonly intervalReason?: string;
}

/** A value of one scan. */
export interface CaseValue {
  /** The number. */
  readonly value: number | null;
  /** Why there is none. */
  readonly reason?: string;
  /** Index of the case. */
  readonly case: number;
}

/** Pictures of slices: the slice, the truth, and masks over it. */
export interface MasksExperiment {
  /** It was made. */
  readonly status: "done";
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** One entry a picture. */
  readonly panels: readonly PanelRecord[];
}

/** One picture: the slice, the truth, and a mask of each model, from left to right. */
export interface PanelRecord {
  /** The suite's models, or those of the `overlap` experiment that run without overlap. */
  readonly of: "models" | "overlap";
  /** Index of the case. */
  readonly case: number;
  /** What chose the slice: largest true area, or median Dice of the positive slices. */
  readonly rule: "largest-area" | "median-agreement";
  /** The slice. */
  readonly slice: number;
  /** The PNG file, relative to the folder of the results. */
  readonly file: string;
  /** The masks, from left to right. */
  readonly models: readonly {
    /** Key of the model. */
    readonly model: string;
    /** Dice in this slice. */
    readonly dice: MeasuredValue;
  }[];
}

/** Area-plots of each scan. */
export interface AreaPlotExperiment {
  /** It was made. */
  readonly status: "done";
  /** What the paper states of it; absent in older files. */
  readonly paper?: PaperRecord;
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** One entry a scan with truth. */
  readonly scans: readonly {
    /** Index of the case. */
    readonly case: number;
    /** Normalised areas of the truth. */
    readonly truth: readonly number[];
    /** One entry a model. */
    readonly models: readonly {
      /** Key of the model. */
      readonly model: string;
      /** Normalised areas of the prediction. */
      readonly curve: readonly number[];
    }[];
  }[];
  /** Similarity and continuity of each model's curves, as means over scans. */
  readonly models: readonly {
    /** Key of the model. */
    readonly model: string;
    /** Mean of each measure over the scans where it is defined; per scan: `predictions`. */
    readonly means: Readonly<Record<string, MeanRecord>>;
  }[];
}

/** Presence in every run of four consecutive slices that are positive in truth. */
export interface ConsecutiveExperiment {
  /** It was made. */
  readonly status: "done";
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** Slices of a run. */
  readonly length: number;
  /** One entry a model. */
  readonly models: readonly {
    /** Key of the model. */
    readonly model: string;
    /** Runs of all scans. */
    readonly runs: number;
    /** Runs by pattern of presence, such as `0100`. */
    readonly patterns: Readonly<Record<string, number>>;
    /** Share of runs in which the prediction has foreground in every slice. */
    readonly presentThroughout: MeasuredValue;
    /** What the paper states of it; absent in older files. */
    readonly paper?: PaperRecord;
  }[];
  /** The run of median agreement (mean Dice of the models): the one to show. */
  readonly median: {
    /** Index of the case. */
    readonly case: number;
    /** First slice. */
    readonly slice: number;
    /** Pattern of presence by model. */
    readonly patterns: Readonly<Record<string, string>>;
  } | null;
}

/** Models that were trained on stacks of different overlap, each run at different overlaps. */
export interface OverlapExperiment {
  /** It was made. */
  readonly status: "done";
  /** What the paper states of it; absent in older files. */
  readonly paper?: PaperRecord;
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** One entry a model and overlap of inference. */
  readonly combinations: readonly {
    /** Key of the model that stands for it. */
    readonly model: string;
    /** Share of a stack that overlapped the next in training. */
    readonly trainedOverlap: number;
    /** The same in inference; the paper's is 0. */
    readonly inferenceOverlap: number;
    /** Dice of all voxels of all scans together. */
    readonly pooled: MeasuredValue;
    /** Mean of each measure over the scans where it is defined; per scan: `predictions`. */
    readonly means: Readonly<Record<string, MeanRecord>>;
  }[];
}

/** 2-D masks after a median filter along z. */
export interface SmoothingExperiment {
  /** It was made. */
  readonly status: "done";
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** Slices under the filter. */
  readonly window: number;
  /** One entry a 2-D model and scan. */
  readonly scans: readonly SmoothedRecord[];
}

/** One 2-D mask after the filter. */
export interface SmoothedRecord {
  /** Key of the model. */
  readonly model: string;
  /** Index of the case. */
  readonly case: number;
  /** Overlap, similarity and continuity after it; before it: `predictions`. */
  readonly metrics: Readonly<Record<string, MeasuredValue>>;
}

/** Dice at thresholds around the one that was fixed beforehand; a report, not a choice. */
export interface ThresholdSweepExperiment {
  /** It was made. */
  readonly status: "done";
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** The threshold of all other numbers of the run, fixed beforehand. */
  readonly used: number;
  /** The thresholds, ascending; `used` is among them. */
  readonly thresholds: readonly number[];
  /** One entry a model and scan. */
  readonly scans: readonly SweepRecord[];
  /** One entry a model. */
  readonly models: readonly {
    /** Key of the model. */
    readonly model: string;
    /** Dice at each threshold, mean over the scans where it is defined. */
    readonly mean: readonly MeasuredValue[];
    /** Dice at each threshold, of all voxels of all scans together. */
    readonly pooled: readonly MeasuredValue[];
  }[];
}

/** What thresholds would make of one scan. */
export interface SweepRecord {
  /** Key of the model. */
  readonly model: string;
  /** Index of the case. */
  readonly case: number;
  /** Foreground voxels at each threshold. */
  readonly predicted: readonly number[];
  /** Those that the truth has too. */
  readonly truePositives: readonly number[];
}

/** That inference was timed, and on which scan. */
export interface InferenceTimeExperiment {
  /** It was made. */
  readonly status: "done";
  /** What the paper states of it; absent in older files. */
  readonly paper?: PaperRecord;
  /** Index of the scan of the scopes `case` and `end_to_end`. */
  readonly case: number;
  /** Where the numbers stand. */
  readonly numbers: "timing.inference";
}

/** The experiments of METHODS, each done or refused; absent where the suite does not ask. */
export interface ExperimentsRecord {
  /** Table 1 and Fig. 2: scans, slices, prevalence, slices per scan. */
  readonly dataset?: DatasetExperiment | Refused;
  /** Table 2: Dice. */
  readonly dice?: DiceExperiment | Refused;
  /** Fig. 1, 5 and 14: pictures of slices, truths and masks. */
  readonly masks?: MasksExperiment | Refused;
  /** Fig. 6-8: normalised slice areas and how alike they are. */
  readonly area_plot?: AreaPlotExperiment | Refused;
  /** Fig. 9: presence in four consecutive positive slices. */
  readonly consecutive?: ConsecutiveExperiment | Refused;
  /** §5.5 and Fig. 10-14: models trained and run at several overlaps. */
  readonly overlap?: OverlapExperiment | Refused;
  /** Ours: does a median filter along z make the 2-D masks as continuous? */
  readonly smoothing_control?: SmoothingExperiment | Refused;
  /** Ours: Dice at thresholds around the one that was fixed beforehand. */
  readonly threshold_sweep?: ThresholdSweepExperiment | Refused;
  /** Table 3: the numbers stand in `timing.inference`. */
  readonly inference_time?: InferenceTimeExperiment | Refused;
}

/** Paired comparisons of 3-D with 2-D models on the scored scans. */
export interface StatisticsRecord {
  /** It was made. */
  readonly status: "done";
  /** Splits whose scans they are about. */
  readonly splits: readonly ("train" | "validation" | "test")[];
  /** One entry a pair of architectures. */
  readonly pairs: readonly PairRecord[];
}

/**
 * One 3-D architecture against one 2-D one. An architecture may stand in the suite with several
 * weights, from several training seeds: its value of a scan is then the mean over these.
 */
export interface PairRecord {
  /** Keys of the 3-D model, one a training run. */
  readonly volumetric: readonly string[];
  /** Keys of the 2-D model, one a training run. */
  readonly planar: readonly string[];
  /** Each measure of the family that some scan has, 3-D minus 2-D. */
  readonly comparisons: readonly ComparisonRecord[];
}

/** How one model differs from another in one measure. */
export interface ComparisonRecord {
  /** The measure; `size of` one where the sign says nothing of which is better. */
  readonly measure: string;
  /** Scans where both values are defined: what all numbers here rest on. */
  readonly n: number;
  /** Patients of these scans. */
  readonly patients: number;
  /** Scans left out because a value is undefined. */
  readonly leftOut: number;
  /** Mean over scans of 3-D minus 2-D; null where n is 0. */
  readonly difference: number | null;
  /** BCa interval of the difference, resampled by patient; null where there is none. */
  readonly interval: IntervalRecord | null;
  /** Two-sided Wilcoxon signed-rank p over scans; null where n is 0. */
  readonly p: number | null;
  /** The same, Holm-corrected over the measures of the pair; null where n is 0. */
  readonly pHolm: number | null;
  /** Why something is null. */
  readonly reason?: string;
}

/** What a reader must know before believing the numbers. */
export interface WarningRecord {
  /** Which of the closed set. */
  readonly code:
    | "random-weights"
    | "reference-backend"
    | "converted-weights"
    | "failed"
    | "ingest"
    | "window"
    | "field"
    | "same-voxels"
    | "few-processes"
    | "threads-above-cores"
    | "mixed-machines"
    | "dirty-commit"
    | "unknown-commit"
    | "busy-machine"
    | "stolen-time"
    | "clock-changed"
    | "outlier"
    | "throttled";
  /** What is the matter. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

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
  /** The parts that these results were merged of; absent where one process did it all. */
  readonly shards?: readonly ShardTiming[];
  /** What was the matter while something was timed. */
  readonly warnings: readonly WarningRecord[];
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
  /** Runs before the first timed one, in each process. */
  readonly warmup: number;
  /** The processes in which it was timed, in their order; models took turns. */
  readonly processes: readonly TimedProcess[];
  /** Median of the processes' medians, in seconds. */
  readonly median: number;
  /**
   * Student's interval of the processes' medians, on a logarithmic scale; null for fewer than three
   * processes.
   */
  readonly interval: IntervalRecord | null;
  /** Why there is no interval. */
  readonly intervalReason?: string;
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

/** The scopes of a time: graph only; voxels to mask in memory; files to mask file. */
export type Scope = "network" | "case" | "end_to_end";

/** One process in which a model was timed. */
export interface TimedProcess {
  /** The timed runs in it, in order. */
  readonly samples: readonly TimedSample[];
  /** Median of their seconds: the unit of intervals and comparisons. */
  readonly median: number;
  /** Largest resident memory of the process so far, in bytes; null where unknown. */
  readonly peakRss: number | null;
  /** Cores that other programs kept busy meanwhile, on average; absent where unknown. */
  readonly others?: number;
  /** Share of the cores' time that a hypervisor gave to others; absent where unknown. */
  readonly stolen?: number;
  /** Clock of the cores after the runs over that before them; absent where unknown. */
  readonly clockRatio?: number;
}

/** One timed run. */
export interface TimedSample {
  /** Seconds from the beginning of the timings of all models to its own; absent in older files. */
  readonly at?: number;
  /** What it took. */
  readonly seconds: number;
}

/** A kernel and how much of a network it runs. */
export interface KernelRecord {
  /** As the library names it, such as `cuDNN engine 44: forward + relu`. */
  readonly name: string;
  /** Steps that it runs. */
  readonly steps: number;
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
  readonly throttleReasons: readonly string[];
}

/** Which machine did a part of a run, and when. */
export interface ShardTiming {
  /** Number of the part, from 1. */
  readonly index: number;
  /** Indices of its scans. */
  readonly cases: readonly number[];
  /** The machine that did it. */
  readonly environment: EnvironmentRecord;
  /** When it started, ISO 8601, UTC. */
  readonly startedAt: string;
  /** When its results were finished. */
  readonly writtenAt: string;
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

/** The results of one check of a machine with a GPU. */
export interface GpuCheck {
  /** What kind of file this is. */
  readonly schema: "stackbench/gpu-check";
  /** Version of the schema. */
  readonly version: 2;
  /** `partial` while a part was not run for lack of time: the check can be gone on with. */
  readonly status: "partial" | "complete";
  /** What made it. */
  readonly tool: ToolRecord;
  /** Sizes and repetitions: `full`, or `tiny` for trying the check itself. */
  readonly settings: "full" | "tiny";
  /** The machine and the GPU. */
  readonly environment: EnvironmentRecord;
  /** Whether the GPU is the double of the tests: then no time in here means anything. */
  readonly emulated: boolean;
  /** Whose libraries ran, by key, in words that hold no path. */
  readonly origins?: Readonly<Record<string, string>>;
  /** The parts in the order in which they are run. */
  readonly parts: readonly PartRecord[];
  /** Facts of this one check. */
  readonly volatile: {
    /** When it started, ISO 8601, UTC. */
    readonly startedAt: string;
    /** When this file was written. */
    readonly writtenAt: string;
  };
}

/** One part of a check. */
export type PartRecord = {
  /** Its name, such as `network vnet:paper206 fp32`. */
  readonly name: string;
  /** It ran to its end, and what must hold does. */
  readonly status: "done";
  /** Seconds that it took, its start included. */
  readonly seconds: number;
  /** What it found. */
  readonly result: PartResult;
} | {
  /** Its name, such as `network vnet:paper206 fp32`. */
  readonly name: string;
  /** Something is wrong. */
  readonly status: "failed";
  /** Seconds that it took, its start included. */
  readonly seconds: number;
  /** What is wrong. */
  readonly reason: string;
} | {
  /** Its name, such as `network vnet:paper206 fp32`. */
  readonly name: string;
  /** It was not run: `later` where there was no time, `impossible` where something is missing. */
  readonly status: "later" | "impossible";
  /** Why. */
  readonly reason: string;
};

/** Tests that ran on the GPU. */
export interface TestsResult {
  /** Which kind of result. */
  readonly kind: "tests";
  /** Tests that passed. */
  readonly passed: number;
  /** The tool of compute-sanitizer that watched, which found nothing wrong; null without one. */
  readonly watchedBy: string | null;
}

/** Executions of a model's graph, inputs and outputs on the device; times are of its events. */
export interface NetworkResult {
  /** Which kind of result. */
  readonly kind: "network";
  /** Name such as `vnet:paper206`. */
  readonly model: string;
  /** Shape of one execution's input, N, C, (D,) H, W. */
  readonly input: readonly number[];
  /** Element type of activations. */
  readonly precision: string;
  /** Floating-point operations of one execution; taps outside the input do not count. */
  readonly flops: number;
  /** Our times. */
  readonly ours: TimesRecord;
  /** PyTorch's. */
  readonly peers: readonly PeerRecord[];
  /** The GPU before the first run and after the last one; null where nothing tells. */
  readonly state: {
    /** Before the first run. */
    readonly before: DeviceStateRecord;
    /** After the last run. */
    readonly after: DeviceStateRecord;
  } | null;
  /** How much of what the GPU can do is used. */
  readonly share: {
    /** Of its fastest product of matrices, measured here in the same precision. */
    readonly flops: number;
    /** Of its fastest traffic to and from memory, measured here. */
    readonly bandwidth: number;
  };
  /** Step by step. */
  readonly profile: ProfileRecord;
}

/** Times of one implementation. */
export interface TimesRecord {
  /** Seconds of each timed run, a list for each round. */
  readonly rounds: readonly (readonly number[])[];
  /** Median of all of them. */
  readonly median: number;
  /** Memory of the GPU that it held at most, in bytes; null where that is not known. */
  readonly deviceMemory: number | null;
}

/** PyTorch in the same rounds. */
export type PeerRecord = {
  /** `eager` or `compile` (torch.compile), with cuDNN's autotuning. */
  readonly mode: "eager" | "compile";
  /** It ran. */
  readonly status: "done";
  /** Version of PyTorch. */
  readonly torch: string;
  /** Where it ran. */
  readonly device: "cuda" | "cpu";
  /** Memory order and how it was launched: the fastest of those that it tried. */
  readonly setting?: string;
  /** Its times. */
  readonly times: TimesRecord;
  /** Our time over its time: the median over the rounds, and a 95 % bootstrap interval. */
  readonly ratio: {
    /** The median. */
    readonly median: number;
    /** The interval; null for fewer than three rounds. */
    readonly interval: readonly [number, number] | null;
  };
} | {
  /** `eager` or `compile` (torch.compile), with cuDNN's autotuning. */
  readonly mode: "eager" | "compile";
  /** It did not run. */
  readonly status: "missing";
  /** Why. */
  readonly reason: string;
};

/** The machine's measured peaks: the roofs of the roofline. */
export interface PeaksRecord {
  /** 1e9 operations a second of the fastest product of matrices, in the precision. */
  readonly gflopPerSecond: number;
  /** 1e9 bytes a second to and from memory, reading and writing. */
  readonly gbPerSecond: number;
  /** Bytes of the tensor that the bandwidth was measured with: more than caches hold. */
  readonly tensorBytes: number;
}

/** One step. */
export interface StepRecord {
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

/** What bounds a step at the roofs: its arithmetic or its memory traffic. */
export type Bound = "compute" | "memory";

/** All steps of one op. */
export interface GroupRecord {
  /** Which op. */
  readonly op: string;
  /** How many steps. */
  readonly steps: number;
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

/**
 * A whole scan, stored voxels in host memory to mask in host memory; times are of the wall clock.
 */
export interface ScanResult {
  /** Which kind of result. */
  readonly kind: "scan";
  /** Name such as `vnet:paper206`. */
  readonly model: string;
  /** Shape of one execution's input, N, C, (D,) H, W. */
  readonly input: readonly number[];
  /** Element type of activations. */
  readonly precision: string;
  /** Floating-point operations of one execution; taps outside the input do not count. */
  readonly flops: number;
  /** Our times. */
  readonly ours: TimesRecord;
  /** PyTorch's. */
  readonly peers: readonly PeerRecord[];
  /** The GPU before the first run and after the last one; null where nothing tells. */
  readonly state: {
    /** Before the first run. */
    readonly before: DeviceStateRecord;
    /** After the last run. */
    readonly after: DeviceStateRecord;
  } | null;
  /** Voxels along z, y, x. */
  readonly shape: readonly [number, number, number];
  /** Executions of the graph that one scan takes. */
  readonly executions: number;
  /** Our seconds in each phase of the last run. */
  readonly phases: Readonly<Record<string, number>>;
}

/** What a part found. */
export type PartResult = TestsResult | NetworkResult | ScanResult;

/** What `stackbench time --json` prints. */
export interface TimeRecord {
  /** What this is. */
  readonly schema: "stackbench/time";
  /** Version of the schema. */
  readonly version: 1;
  /** What made it. */
  readonly tool: ToolRecord;
  /** On what it ran. */
  readonly environment: EnvironmentRecord;
  /** The model. */
  readonly model: {
    /** Name such as `vnet:small`. */
    readonly name: string;
    /** 3 for stacks, 2 for slices. */
    readonly dimensions: 2 | 3;
    /** Shape of one execution's input, N, C, (D,) H, W. */
    readonly input: readonly number[];
    /** Settings that differ from the variant's. */
    readonly options: Readonly<Record<string, string>>;
    /** What it sees of each slice: all of it, or where the lungs are; absent: all. */
    readonly field?: "whole" | "lungs";
    /** Trainable parameters. */
    readonly parameters: number;
    /** Floating-point operations of one execution; taps outside the input do not count. */
    readonly flops: number;
    /** Hash of the graph. */
    readonly graphHash: string;
    /** Drawn from the suite's seed, or read from a file. */
    readonly weights: "seeded-random" | "file";
  };
  /** Element type of activations. */
  readonly precision: "fp64" | "fp32" | "tf32" | "fp16" | "bf16";
  /** Seed of random weights and of the input. */
  readonly seed: number;
  /** What the network holds. */
  readonly memory: NetworkMemory;
  /** The times, in the one scope `network`. */
  readonly timing: {
    /** Repeated timings of the `inference_time` experiment. */
    readonly inference: readonly InferenceTiming[];
    /** The GPU around the repeated timings of each model; absent where nothing tells of one. */
    readonly device?: readonly DeviceTiming[];
    /** The parts that these results were merged of; absent where one process did it all. */
    readonly shards?: readonly ShardTiming[];
    /** What was the matter while something was timed. */
    readonly warnings: readonly WarningRecord[];
  };
  /** What a reader must know before believing the numbers. */
  readonly warnings: readonly WarningRecord[];
  /** Time by step, where it was asked for. */
  readonly profile?: ProfileRecord;
}

/** Memory that a network holds, in bytes. */
export interface NetworkMemory {
  /** Activations, in bytes. */
  readonly arena: number;
  /** Packed weights. */
  readonly weights: number;
  /** Scratch space of kernels. */
  readonly scratch: number;
}

/** What `stackbench compare` says of results. */
export interface Comparison {
  /** What this is. */
  readonly schema: "stackbench/comparison";
  /** Version of the schema. */
  readonly version: 1;
  /** What differs. */
  readonly by: Factor;
  /** Whether it was asked for though it may not be compared. */
  readonly forced: boolean;
  /** Why it may not be compared; empty where it may. */
  readonly obstacles: readonly string[];
  /** What is compared, the base first. */
  readonly sides: readonly ComparedSide[];
  /** What differs in the environment. */
  readonly environment: readonly EnvironmentDifference[];
  /** Masks of models of one name, beside each other. */
  readonly masks: readonly MaskRow[];
  /** Accuracy, scan by scan. */
  readonly accuracy: readonly AccuracyRow[];
  /** Times. */
  readonly timing: readonly TimingRow[];
  /** Times of all models together, by scope. */
  readonly together: readonly CommonRatio[];
  /** What only one side has, in words. */
  readonly unmatched: readonly string[];
  /** What to know before believing it. */
  readonly notes: readonly string[];
}

/** What may differ between results that are compared. */
export type Factor = "backend" | "precision" | "model" | "commit" | "machine";

/** One side of a comparison. */
export interface ComparedSide {
  /** What tables call it: `A` is the base, the others follow. */
  readonly name: string;
  /** Its value of what differs, such as a backend or a commit. */
  readonly value: string;
  /** Name of its suite. */
  readonly suite: string;
}

/** A fact of the environment that differs. */
export interface EnvironmentDifference {
  /** Which fact of the environment. */
  readonly what: string;
  /** Its value on each side. */
  readonly values: readonly string[];
}

/** Masks of two sides beside each other. */
export interface MaskRow {
  /** The model. */
  readonly model: string;
  /** The side that is compared with the base. */
  readonly other: string;
  /** Scans of which both have a mask. */
  readonly scans: number;
  /** Those of which the masks are the same, bit for bit. */
  readonly same: number;
}

/** A paired difference in accuracy. */
export interface AccuracyRow {
  /** The model, or both models where they differ. */
  readonly model: string;
  /** The measure. */
  readonly metric: string;
  /** The side that is compared with the base. */
  readonly other: string;
  /** Scans that both have. */
  readonly scans: number;
  /** The base. */
  readonly base: ComparedMean;
  /** The other side. */
  readonly compared: ComparedMean;
  /** Scans on which both are defined: what the difference rests on. */
  readonly n: number;
  /** Patients of these. */
  readonly patients: number;
  /** Mean of other minus base, scan by scan. */
  readonly difference: number | null;
  /** BCa interval of the difference, resampled by patient. */
  readonly interval: IntervalRecord | null;
  /** Two-sided Wilcoxon signed-rank p over scans. */
  readonly p: number | null;
  /** The same, Holm-corrected over all rows. */
  readonly pHolm: number | null;
  /** Why something is null. */
  readonly reason?: string;
}

/** A measure of one side over the scans. */
export interface ComparedMean {
  /** Mean over scans; null where it is defined on none. */
  readonly mean: number | null;
  /** Scans of which this side has no mask. */
  readonly missed: number;
  /** Scans on which the measure is undefined. */
  readonly undefined: number;
}

/** A ratio of times of one model in one scope. */
export interface TimingRow {
  /** The model, or both models where they differ. */
  readonly model: string;
  /** What was timed. */
  readonly scope: string;
  /** The side that is compared with the base. */
  readonly other: string;
  /** The base. */
  readonly base: ComparedTimes;
  /** The other side. */
  readonly compared: ComparedTimes;
  /** Their ratio, per slice where they take other numbers of slices. */
  readonly ratio: RatioRecord;
}

/** The time of one side. */
export interface ComparedTimes {
  /** Geometric mean of the processes' medians. */
  readonly seconds: number;
  /** Processes. */
  readonly processes: number;
  /** Slices a second at that. */
  readonly slicesPerSecond: number;
}

/** A ratio of times. */
export interface RatioRecord {
  /** Other by base: below 1 where the other is faster. */
  readonly ratio: number;
  /** Welch's interval on a logarithmic scale, over processes. */
  readonly interval: IntervalRecord | null;
  /** Whether that includes 1; null without interval. */
  readonly includesOne: boolean | null;
  /** The smallest ratio above 1 that as many processes find in four of five comparisons. */
  readonly detectable: number | null;
}

/** What the ratios of one scope have in common. */
export interface CommonRatio {
  /** What was timed. */
  readonly scope: string;
  /** The side that is compared with the base. */
  readonly other: string;
  /** Rows that it is of: those that both sides have. */
  readonly rows: number;
  /** Geometric mean of their ratios. */
  readonly ratio: RatioRecord;
}

/** What `stackbench gate` found. */
export interface GateResult {
  /** What this is. */
  readonly schema: "stackbench/gate";
  /** Version of the schema. */
  readonly version: 1;
  /** What made it. */
  readonly tool: ToolRecord;
  /** What is said of all layers. */
  readonly verdict: "pass" | "regression" | "undecided";
  /** The base, then the new program. */
  readonly sides: readonly GateSide[];
  /** What was asked. */
  readonly settings: GateSettings;
  /** Facts that differ; null: not looked at. */
  readonly facts: readonly FactDifference[] | null;
  /** Measures of accuracy; null: not looked at. */
  readonly accuracy: readonly GateAccuracy[] | null;
  /** Times; null: not looked at. */
  readonly time: GateTime | null;
  /** What else a reader must know. */
  readonly notes: readonly string[];
}

/** One of the two programs that are compared. */
export interface GateSide {
  /** Which side. */
  readonly role: "base" | "new";
  /** A checkout of a commit, a folder as it was, a command, or a stored result. */
  readonly from: "commit" | "folder" | "command" | "result";
  /** Commit; null where it is not known. */
  readonly commit: string | null;
  /** Files that differ from it; null where it is not known. */
  readonly changed: number | null;
}

/** What a gate was asked. */
export interface GateSettings {
  /** Name of the suite. */
  readonly suite: string;
  /** Models that were gated. */
  readonly models: readonly string[];
  /** Layers that were asked for. */
  readonly layers: readonly ("facts" | "accuracy" | "time")[];
  /** Scopes of the layer of time. */
  readonly scopes: readonly ("network" | "case")[];
  /** What computed. */
  readonly backend: string;
  /** Element type of activations. */
  readonly precision: string;
  /** How much a measure of accuracy may lose. */
  readonly margin: number;
  /** Share of a slow-down that is not tolerated. */
  readonly tolerated: number;
  /** Share below which an estimate is never called slower. */
  readonly floor: number;
  /** Chance, over rows and looks, of a false alarm of the layer of time. */
  readonly alpha: number;
  /** Minutes that the layer of time may take. */
  readonly budgetMinutes: number;
  /** Kinds of facts that may differ. */
  readonly allowed: readonly (
    | "steps"
    | "kernels"
    | "work"
    | "memory"
    | "parameters"
    | "weights"
    | "threads"
    | "libraries"
    | "imports"
    | "masks"
  )[];
  /** Seed of random orders and input. */
  readonly seed: number;
  /** Share by which the new program was slowed on purpose; null where it was not. */
  readonly injected: number | null;
}

/** A fact that differs, without any clock. */
export interface FactDifference {
  /** Key of the model; null for what is not a model's. */
  readonly model: string | null;
  /** What kind of fact differs. */
  readonly kind:
    | "steps"
    | "kernels"
    | "work"
    | "memory"
    | "parameters"
    | "weights"
    | "threads"
    | "libraries"
    | "imports"
    | "masks";
  /** Which fact, such as `step 12 (conv)`. */
  readonly what: string;
  /** The fact of the base; null where it has none. */
  readonly base: string | null;
  /** The fact of the new program; null where it has none. */
  readonly new: string | null;
  /** `worse` fails the gate; `allowed` would have; `noted` is only told. */
  readonly verdict: "worse" | "allowed" | "noted";
}

/** A measure of accuracy, paired by scan. */
export interface GateAccuracy {
  /** Key of the model. */
  readonly model: string;
  /** The measure. */
  readonly measure: string;
  /** Scans that both sides segmented and that have truth. */
  readonly scans: number;
  /** Those of which the masks are the same, bit for bit. */
  readonly same: number;
  /** Scans on which the measure is defined for both. */
  readonly n: number;
  /** Mean of the base over these; null where n is 0. */
  readonly base: number | null;
  /** Mean of the new program. */
  readonly new: number | null;
  /** Mean over these scans of new minus base. */
  readonly difference: number | null;
  /** The scan that lost most: new minus base. */
  readonly worst: number | null;
  /** Scans on which the measure is defined for the base alone. */
  readonly lost: number;
  /** Whether the difference is below minus the margin, or scans were lost. */
  readonly worse: boolean;
}

/** The layer of time. */
export interface GateTime {
  /** What is said of all rows. */
  readonly verdict: "pass" | "slower" | "undecided";
  /** Why, in words. */
  readonly reason: string;
  /** What would help; null where nothing must. */
  readonly advice: string | null;
  /** Rounds that were planned. */
  readonly planned: number;
  /** The rows. */
  readonly rows: readonly GateTimeRow[];
  /** All raw samples. */
  readonly blocks: readonly GateBlock[];
}

/** The time of one model, in one scope, by one clock. */
export interface GateTimeRow {
  /** Key of the model. */
  readonly model: string;
  /** What was run. */
  readonly scope: "network" | "case";
  /** `processor`: processor time of all threads together; `elapsed`: time that passed. */
  readonly clock: "processor" | "elapsed";
  /** Whether it must be shown not to be slower; of other rows a slow-down is only noticed. */
  readonly leading: boolean;
  /** Blocks that it rests on. */
  readonly blocks: number;
  /** New by base. */
  readonly ratio: number;
  /** Lower bound of it, by which it is called slower; 0 where there is none. */
  readonly low: number;
  /** Upper bound of it, by which it is called as fast; null where there is none. */
  readonly high: number | null;
  /**
   * Standard deviation between blocks of the logarithm of the base by itself; null with one block.
   */
  readonly noise: number | null;
  /** Whether the base differs from itself, so that it is no evidence. */
  readonly twinFires: boolean;
  /** What is said of it. */
  readonly verdict: "slower" | "as fast" | "open";
  /** Whether fresh blocks confirmed that it is slower; null where that was not asked. */
  readonly confirmed: boolean | null;
}

/** Three fresh processes that ran in turn. */
export interface GateBlock {
  /** Key of the model. */
  readonly model: string;
  /** Whether it confirms what was found before it. */
  readonly confirming: boolean;
  /** Cores that other programs kept busy meanwhile. */
  readonly others: number | null;
  /** The runs, a scope each. */
  readonly scopes: readonly GateScopeRuns[];
}

/** The runs of one scope. */
export interface GateScopeRuns {
  /** What was run. */
  readonly scope: "network" | "case";
  /** The runs, three a cycle. */
  readonly runs: readonly GateRun[];
}

/** One run, in the order in which they ran. */
export interface GateRun {
  /** Whose; the twin is the base again. */
  readonly role: "base" | "twin" | "new";
  /** Seconds that passed. */
  readonly elapsed: number;
  /** Seconds of processor time; null where it is not told. */
  readonly processor: number | null;
}
