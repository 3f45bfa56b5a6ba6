/**
 * What weights were trained to see of a slice, as their file says it.
 *
 * @module
 */

import * as z from "zod";
import { InputError } from "../base/errors.ts";
import { FIELD_CHOICES, type FieldChoice } from "../imaging/mod.ts";
import { indexSafetensors } from "../tensor/mod.ts";

/** What a training of ours writes beside the tensors; files from before fields saw all. */
const known = z.object({ field: z.enum(FIELD_CHOICES).default("whole") });

/**
 * Refuses weights that were trained to see another field of each slice than they are to see. Weights
 * that say nothing, as those of other programs, may see any.
 *
 * @throws InputError when the field differs
 */
export function requireTrainedField(path: string, field: FieldChoice = "whole"): void {
  const trained = trainedField(indexSafetensors(path).metadata.stackbench);
  if (trained === null || trained === field) return;
  throw new InputError(
    `${path} was trained on the field ${trained} of each slice, not on ${field}`,
    { advice: `choose the field ${trained} (--field, or "field" in a suite)` },
  );
}

/** The field that a file's metadata tell; null where they tell none. */
function trainedField(metadata: string | undefined): FieldChoice | null {
  if (metadata === undefined) return null;
  try {
    return known.parse(JSON.parse(metadata)).field;
  } catch {
    // written by someone else
    return null;
  }
}
