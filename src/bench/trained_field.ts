/**
 * What weights were trained to see of a slice, as their file says it.
 *
 * @module
 */

import * as z from "zod";
import { InputError } from "../base/errors.ts";
import { FIELD_CHOICES, type FieldChoice } from "../imaging/mod.ts";
import { indexSafetensors } from "../tensor/mod.ts";

const known = z.object({ field: z.enum(FIELD_CHOICES).default("whole") });

/**
 * Refuses weights that were trained to see another field of each slice than they are to see. Weights
 * that say nothing, as those of other programs, may see any.
 *
 * @throws InputError when the field differs, or the file cannot be read
 */
export function requireTrainedField(path: string, field: FieldChoice): void {
  const { stackbench } = indexSafetensors(path).metadata;
  if (stackbench === undefined) return;
  const trained = known.parse(JSON.parse(stackbench)).field;
  if (trained === field) return;
  throw new InputError(
    `${path} was trained on the field ${trained} of each slice, not on ${field}`,
    { advice: `choose the field ${trained} (--field, or "field" in a suite)` },
  );
}
