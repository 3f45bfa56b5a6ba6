/**
 * The experiments of METHODS, as results tell of them.
 *
 * @module
 */

import type { MeanRecord, MeasuredValue } from "./measured.ts";
import type { PaperRecord } from "./paper.ts";
import type { CaseRecord } from "./run_result.ts";

/** An experiment that was not made, and why. */
export interface Refused {
  /** It was not made. */
  readonly status: "refused";
  /** Why. */
  readonly reason: string;
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
  readonly splits: readonly CaseRecord["split"][];
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

/** A value of one scan. */
export interface CaseValue extends MeasuredValue {
  /** Index of the case. */
  readonly case: number;
}

/** Pictures of slices: the slice, the truth, and masks over it. */
export interface MasksExperiment {
  /** It was made. */
  readonly status: "done";
  /** Splits whose scans it is about: `test`, or all where no scan of it has truth. */
  readonly splits: readonly CaseRecord["split"][];
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
  readonly splits: readonly CaseRecord["split"][];
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
  readonly splits: readonly CaseRecord["split"][];
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
  readonly splits: readonly CaseRecord["split"][];
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
  readonly splits: readonly CaseRecord["split"][];
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
  readonly splits: readonly CaseRecord["split"][];
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
