/**
 * How this room says no: every refusal names the file and the rule it breaks.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";

/** What to do about a file of which nothing more is known than that it cannot be used. */
const MEND = "Copy the file again, or save it anew with the program that wrote it.";

/**
 * An InputError whose details hold the stable short name of the rule that was broken.
 *
 * @example
 * ```ts
 * import { refusal } from "./refusal.ts";
 * import assert from "node:assert/strict";
 * const error = refusal("missing-slice", "a gap of 10 mm", "Copy the series again.");
 * assert.equal(error.details.rule, "missing-slice");
 * ```
 */
export function refusal(
  rule: string,
  message: string,
  advice: string = MEND,
  facts: Readonly<Record<string, unknown>> = {},
): InputError {
  return new InputError(message, { advice, details: { rule, ...facts } });
}

/** Whether an error is a refusal, of the named rule if one is given. */
export function isRefusal(error: unknown, rule?: string): boolean {
  return error instanceof InputError && typeof error.details.rule === "string" &&
    (rule === undefined || error.details.rule === rule);
}
