/**
 * What a processor is called.
 *
 * @module
 */

import type { EnvironmentRecord } from "./records.ts";

/**
 * A processor in words.
 *
 * @example
 * ```ts
 * import { processorText } from "./processor.ts";
 * import assert from "node:assert/strict";
 * assert.equal(processorText({ model: "AMD EPYC", generation: "family 26, model 2" }),
 *   "AMD EPYC (family 26, model 2)");
 * assert.equal(processorText({ model: null }), "an unknown processor");
 * ```
 */
export function processorText(
  { model, generation }: Pick<EnvironmentRecord["cpu"], "model" | "generation">,
): string {
  return (model ?? "an unknown processor") + (generation ? ` (${generation})` : "");
}
