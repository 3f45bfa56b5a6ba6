/**
 * How a report names metrics.
 *
 * @module
 */

import { type Metric, METRICS } from "../metrics/mod.ts";
import { metricOfMeasure } from "../results/comparison.ts";

const DIRECTIONS: { readonly [K in Metric["better"]]: string | null } = {
  higher: "higher is better",
  lower: "lower is better",
  zero: "0 is best",
  none: null,
};

/**
 * A metric as readers meet it: with its unit, and which value is best.
 *
 * @example
 * ```ts
 * import { metricTextOf } from "./metrics.ts";
 * import assert from "node:assert/strict";
 * assert.equal(metricTextOf("hd95"), "hd95 (mm, lower is better)");
 * ```
 */
export function metricText(
  { name, unit, better }: Pick<Metric, "name" | "unit" | "better">,
): string {
  const facts = [unit === "1" ? null : unit, DIRECTIONS[better]].filter((fact) => fact !== null);
  return facts.length === 0 ? name : `${name} (${facts.join(", ")})`;
}

/** The metric of a name, so told; the name alone of one that this program does not know. */
export function metricTextOf(name: string): string {
  const metric = METRICS.find((one) => one.name === name);
  return metric ? metricText(metric) : name;
}

/** A measure of a comparison, so told: of sizes the lower one is better. */
export function measureTextOf(measure: string): string {
  const found = metricOfMeasure(measure);
  if (!found) return measure;
  const { metric, sized } = found;
  return metricText({ ...metric, name: measure, better: sized ? "lower" : metric.better });
}
