/**
 * The scans of a run, and what models made of them.
 *
 * @module
 */

import * as z from "zod";
import { caseIndex, hash, measured, measures, modelKey, split, whole } from "./parts.ts";

const pixels = z.array(whole).describe("Foreground pixels of each slice.");
const voxels = whole.describe("Foreground voxels.");
const maskHash = hash.describe(
  "SHA-256 of the mask, one byte a voxel, in the canonical order z, y, x.",
);

const truth = z.object({ sha256: maskHash, voxels, slicePixels: pixels })
  .meta({ id: "TruthRecord", description: "A truth mask." });

const huThreshold = z.object({
  low: z.number().nullable().describe(
    "Lowest HU that is taken for a lesion; null where none is best.",
  ),
  dice: measured.describe("Its Dice with the truth inside the lungs."),
}).meta({
  id: "HuThresholdRecord",
  description:
    "The best threshold of HU inside the lungs, chosen with the truth in hand: an upper bound.",
});

const note = z.object({
  kind: z.enum(["found", "repaired", "ignored", "warning"]).describe(
    "A fact, what was changed as the standard allows, what was left out, or what looks wrong.",
  ),
  rule: z.string().describe("Short name of the rule."),
  message: z.string().describe("What happened, in words."),
}).meta({ id: "NoteRecord", description: "One thing that was noticed while a scan was read." });

const scan = z.object({
  index: whole.describe("Its place in the manifest, from 0."),
  id: z.string().nullable().describe("Its id, if the manifest is public."),
  split: split.describe("Its split."),
  fold: whole.optional().describe(
    "In a cross-validation: the fold whose weights it went through, from 0.",
  ),
  caveats: z.array(z.enum(["unknown-spacing", "gaps", "positive-slices-only"])).optional()
    .describe("What is wrong with it, so that some measures are null; nothing where left out."),
  patient: whole.describe("Number of its patient, from 0, in the order of the manifest."),
  shape: z.tuple([whole, whole, whole]).describe("Voxels along z, y, x."),
  spacing: z.tuple([z.number(), z.number(), z.number()]).nullable().describe(
    "Millimetres along z, y, x; null where unknown.",
  ),
  voxelsSha256: hash.describe(
    "SHA-256 of the voxels in HU, little-endian float32, in the canonical order z, y, x.",
  ),
  window: z.string().describe("Window that was applied, in words."),
  notes: z.array(note).describe("What was noticed while reading it, as `inspect` tells it."),
  truth: truth.nullable().describe("The truth; null where the manifest names none."),
  huThreshold: huThreshold.optional().describe(
    "What a plain threshold of HU scores; absent where the lungs or the truth are not known.",
  ),
}).meta({ id: "CaseRecord", description: "One scan." });

/** A scan on which a model failed. */
export const failure = z.object({
  model: modelKey,
  case: caseIndex,
  reason: z.string().describe("What was wrong with the numbers."),
}).meta({ id: "FailureRecord", description: "A scan of which a model has no mask, and why." });

/** The scans. */
export const dataset = z.object({
  name: z.string().nullable().describe("Its name, if it may be told."),
  manifestSha256: hash.describe("SHA-256 of the manifest's canonical JSON."),
  skipped: whole.optional().describe(
    "Scans of the manifest that were left out, since they are faulty; absent where there are none.",
  ),
  chosen: z.array(whole).optional().describe(
    "Indices of the scans that were chosen by hand; absent where the suite's splits decide alone.",
  ),
  cases: z.array(scan).describe("The scans in the order of the manifest."),
}).meta({ id: "DatasetRecord", description: "The scans of a run." });

/** Which part of a run results are. */
export const shard = z.object({
  index: whole.describe("Number of the part, from 1."),
  count: whole.describe("All parts."),
  scans: whole.describe("Scans of the whole run."),
  cases: z.array(whole).describe("Indices of the scans of this part."),
  divisionSha256: hash.describe(
    "SHA-256 of the canonical JSON of the part of every scan: equal where scans were shared out " +
      "alike.",
  ),
}).meta({ id: "ShardRecord", description: "A part of a run, to be merged with the others." });

const run = z.object({
  slice: whole.describe("First slice."),
  pattern: z.string().describe("Presence in each slice, such as `1011`."),
  dice: z.number().describe("Dice over the voxels of the run."),
}).meta({
  id: "RunRecord",
  description: "Presence of a prediction in four consecutive slices that are positive in truth.",
});

/** What a model made of a scan. */
export const prediction = z.object({
  model: modelKey,
  case: caseIndex,
  executions: whole.describe("Executions of the graph: stacks, or batches of slices."),
  maskSha256: maskHash,
  voxels,
  slicePixels: pixels,
  truePositives: whole.nullable().describe(
    "Foreground voxels of both mask and truth; null where accuracy means nothing here.",
  ),
  metrics: measures.nullable().describe(
    "Metrics against the truth; null where accuracy means nothing here.",
  ),
  runs: z.array(run).nullable().describe(
    "Runs of four consecutive slices that are positive in truth; null as the metrics.",
  ),
  checksum: hash.optional().describe(
    "SHA-256 of the canonical JSON of all else here; absent in older files.",
  ),
}).meta({ id: "PredictionRecord", description: "What a model made of a scan." });
