/**
 * The schema of the experiments of RunResult v1.
 *
 * @module
 */

import * as z from "zod";
import {
  done,
  mean,
  measured,
  measuredFields,
  measures,
  paper,
  refused,
  split,
  whole,
  withReason,
} from "./schema_parts.ts";

const dataset = z.strictObject({
  status: done,
  splits: z.array(z.strictObject({
    split,
    scans: whole,
    patients: whole,
    slices: whole,
    positiveSlices: whole.nullable(),
    prevalence: z.number().nullable(),
    slicesPerScan: z.array(whole),
    histogram: z.strictObject({ from: whole, width: whole, counts: z.array(whole) }),
    paper: paper.optional(),
  })),
});

const caseValues = z.array(withReason(z.strictObject({ ...measuredFields, case: whole })));

const dice = z.strictObject({
  status: done,
  huThreshold: z.strictObject({ mean, scans: caseValues }).optional(),
  splits: z.array(split),
  models: z.array(z.strictObject({
    model: z.string(),
    mean,
    pooled: measured,
    undefinedScans: whole,
    scans: caseValues,
    paper: paper.optional(),
  })),
});

const masks = z.strictObject({
  status: done,
  splits: z.array(split),
  panels: z.array(z.strictObject({
    of: z.enum(["models", "overlap"]),
    case: whole,
    rule: z.enum(["largest-area", "median-agreement"]),
    slice: whole,
    // no path that could lead out of the folder of the results
    file: z.string().regex(/^panels\/[A-Za-z0-9][A-Za-z0-9._-]*\.png$/),
    models: z.array(z.strictObject({ model: z.string(), dice: measured })),
  })),
});

const areaPlot = z.strictObject({
  status: done,
  paper: paper.optional(),
  splits: z.array(split),
  scans: z.array(z.strictObject({
    case: whole,
    truth: z.array(z.number()),
    models: z.array(z.strictObject({ model: z.string(), curve: z.array(z.number()) })),
  })),
  models: z.array(z.strictObject({ model: z.string(), means: z.record(z.string(), mean) })),
});

const consecutive = z.strictObject({
  status: done,
  splits: z.array(split),
  length: whole,
  models: z.array(z.strictObject({
    model: z.string(),
    runs: whole,
    patterns: z.record(z.string(), whole),
    presentThroughout: measured,
    paper: paper.optional(),
  })),
  median: z.strictObject({
    case: whole,
    slice: whole,
    patterns: z.record(z.string(), z.string()),
  }).nullable(),
});

const overlap = z.strictObject({
  status: done,
  paper: paper.optional(),
  splits: z.array(split),
  combinations: z.array(z.strictObject({
    model: z.string(),
    trainedOverlap: z.number(),
    inferenceOverlap: z.number(),
    pooled: measured,
    means: z.record(z.string(), mean),
  })),
});

const smoothing = z.strictObject({
  status: done,
  splits: z.array(split),
  window: whole,
  scans: z.array(z.strictObject({ model: z.string(), case: whole, metrics: measures })),
});

const thresholdSweep = z.strictObject({
  status: done,
  splits: z.array(split),
  used: z.number(),
  thresholds: z.array(z.number()),
  scans: z.array(z.strictObject({
    model: z.string(),
    case: whole,
    predicted: z.array(whole),
    truePositives: z.array(whole),
  })),
  models: z.array(z.strictObject({
    model: z.string(),
    mean: z.array(measured),
    pooled: z.array(measured),
  })),
});

const inferenceTime = z.strictObject({
  status: done,
  paper: paper.optional(),
  case: whole,
  numbers: z.literal("timing.inference"),
});

/** Checks the experiments. */
export const experimentsSchema = z.strictObject({
  dataset: z.union([dataset, refused]).optional(),
  dice: z.union([dice, refused]).optional(),
  masks: z.union([masks, refused]).optional(),
  area_plot: z.union([areaPlot, refused]).optional(),
  consecutive: z.union([consecutive, refused]).optional(),
  overlap: z.union([overlap, refused]).optional(),
  smoothing_control: z.union([smoothing, refused]).optional(),
  threshold_sweep: z.union([thresholdSweep, refused]).optional(),
  inference_time: z.union([inferenceTime, refused]).optional(),
});
