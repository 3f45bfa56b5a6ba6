/**
 * Precisions that a model can be trained in.
 *
 * @module
 */

import type { Precision } from "../backends/backend.ts";

/** Their names; there is no fp16, in which small gradients vanish. */
export const TRAINING_PRECISIONS = ["fp32", "tf32", "bf16"] as const satisfies readonly Precision[];

/** Name of such a precision. */
export type TrainingPrecision = typeof TRAINING_PRECISIONS[number];
