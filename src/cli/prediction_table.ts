/**
 * A prediction as text.
 *
 * @module
 */

import type { PassPrediction, PredictedKernel, ScanPrediction } from "../backends/mod.ts";
import { alignColumns } from "../base/text_table.ts";

/**
 * The kernels of a pass with their predicted times, the longest first, and what was assumed.
 *
 * @param most kernels that are shown
 */
export function predictionTable(
  { device, kernels, seconds, scan, assumptions }: PassPrediction,
  most = 20,
): string {
  const sum = (of: (one: PredictedKernel) => number) =>
    kernels.reduce((all, one) => all + of(one), 0);
  const shown = [...kernels].sort((a, b) => b.seconds - a.seconds).slice(0, most);
  const rows = shown.map(({ step, kernel, bytes, flops, bound, seconds: one }) => [
    `${(one * 1e6).toFixed(1)} us`,
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${(flops / 1e9).toFixed(2)} GFLOP`,
    bound,
    step,
    kernel,
  ]);
  const left = kernels.length - shown.length;
  return [
    `PREDICTION for ${device}: nothing here was measured`,
    "",
    alignColumns([["predicted", "moves", "computes", "bound by", "step", "kernel"], ...rows]),
    ...(left > 0 ? [`and ${left} kernels that take less`, ""] : [""]),
    `${(seconds * 1e3).toFixed(3)} ms predicted for ${kernels.length} kernels, ` +
    `${(sum((one) => one.bytes) / 1e9).toFixed(2)} GB, ` +
    `${(sum((one) => one.flops) / 1e9).toFixed(1)} GFLOP`,
    ...(scan ? [describeScan(scan)] : []),
    "",
    "assumed:",
    ...assumptions.map((text) => `- ${text}`),
    "",
  ].join("\n");
}

function describeScan({ slices, executions, inTurn, seconds }: ScanPrediction): string {
  const [whole, apart] = [seconds, inTurn].map((one) => `${(one * 1e3).toFixed(0)} ms`);
  return `${whole} predicted for a scan of ${slices} slices in ${executions} executions, with its ` +
    `copies both ways while the network runs; ${apart} one after another`;
}
