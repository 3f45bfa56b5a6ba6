/**
 * Whether the scans of a result are a phantom.
 *
 * @module
 */

import type { RunResult } from "../results/mod.ts";

/** The phantom that a suite asked for; null where the scans come from a manifest. */
export function phantomOf({ suite }: RunResult): Readonly<Record<string, unknown>> | null {
  const dataset = suite.settings?.dataset;
  if (typeof dataset !== "object" || dataset === null || !("phantom" in dataset)) return null;
  const { phantom } = dataset;
  return typeof phantom === "object" && phantom !== null ? { ...phantom } : null;
}

/** Whether the scans are a phantom, also where an older file does not say so. */
export function isPhantom(result: RunResult): boolean {
  return phantomOf(result) !== null || /^phantom, seed \d/.test(result.dataset.name ?? "");
}
