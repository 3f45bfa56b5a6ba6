/**
 * A model as it ran.
 *
 * @module
 */

import * as z from "zod";
import { FIELD_CHOICES } from "../../imaging/field.ts";
import { FILLINGS } from "../../imaging/stacks.ts";
import { amount, hash, whole } from "./parts.ts";

/** A model. */
export const model = z.object({
  id: z.string().describe("Its key in this file."),
  experiment: z.literal("overlap").optional().describe(
    "The one experiment that it is run for; absent where it is one of the suite's own models.",
  ),
  name: z.string().describe("Name such as `vnet:small`."),
  dimensions: z.literal([2, 3]).describe("3 for stacks, 2 for slices."),
  input: z.array(whole).describe("Shape of one execution's input, N, C, (D,) H, W."),
  options: z.record(z.string(), z.string()).describe("Settings that differ from the variant's."),
  field: z.enum(FIELD_CHOICES).optional().describe(
    "What it sees of each slice: all of it, or where the lungs are; absent: all.",
  ),
  parameters: whole.describe("Trainable parameters."),
  flops: amount.describe(
    "Floating-point operations of one execution; taps outside the input do not count.",
  ),
  graphHash: hash.describe("Hash of the graph."),
  weights: z.object({
    source: z.enum(["seeded-random", "file"]).describe(
      "Drawn from the suite's seed, or read from a file.",
    ),
    sha256: hash.describe("SHA-256 over names, shapes and values."),
    folds: z.array(hash).optional().describe(
      "In a cross-validation: SHA-256 of the weights of each fold that has scans, in their order.",
    ),
    ensemble: z.array(hash).optional().describe(
      "SHA-256 of the weights whose probabilities are averaged; in a cross-validation that is done " +
        "of scans in no fold.",
    ),
  }).describe("Where the weights come from."),
  stack: z.object({
    size: whole.describe("Slices in a stack."),
    overlap: whole.describe("Slices that a stack shares with the next."),
    stitching: z.enum(["mean", "gaussian"]).describe("How overlapping stacks are averaged."),
    filling: z.enum(FILLINGS).optional().describe(
      "What fills stacks that reach past the end of a scan: zeros; the slices of a scan that is " +
        "shorter than a stack, repeated; or these and, of a longer one, the slices before; absent: " +
        "zeros.",
    ),
  }).nullable().describe("How slices are stacked; null for 2-D models."),
}).meta({ id: "ModelRecord", description: "A model as it ran." });
