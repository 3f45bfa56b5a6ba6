/**
 * What fails a gate, or leaves it undecided, one by one.
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";

/** A check of a gate. */
export interface Check {
  /** Its layer. */
  readonly layer: "facts" | "accuracy" | "time";
  /** What was checked, such as `vnet:small, network, processor`. */
  readonly name: string;
  /** What is wrong; null where nothing is. */
  readonly problem: string | null;
  /** Whether it is not known. */
  readonly undecided: boolean;
}

/** Every check that a gate made. */
export function checksOf({ settings, facts, accuracy, time }: GateResult): Check[] {
  const checks: Check[] = [];
  if (facts) {
    for (const model of [null, ...settings.models]) {
      const worse = facts.filter((one) => one.model === model && one.verdict === "worse");
      const problem = worse.map(({ what, base, new: other }) =>
        `${what}: ${base ?? "nothing"} -> ${other ?? "nothing"}`
      ).join("; ");
      checks.push({
        layer: "facts",
        name: model ?? "program",
        problem: problem || null,
        undecided: false,
      });
    }
  }
  for (const { model, measure, base, new: other, lost, worse } of accuracy ?? []) {
    const problem = `${base?.toFixed(4) ?? "undefined"} -> ${other?.toFixed(4) ?? "undefined"}, ` +
      `${lost} scans lost`;
    checks.push({
      layer: "accuracy",
      name: `${model}, ${measure}`,
      problem: worse ? problem : null,
      undecided: false,
    });
  }
  for (const { model, scope, clock, leading, ratio, low, ...row } of time?.rows ?? []) {
    const slower = row.verdict === "slower" && row.confirmed !== false &&
      time?.verdict === "slower";
    const undecided = time?.verdict === "undecided" && leading && row.verdict !== "as fast";
    checks.push({
      layer: "time",
      name: `${model}, ${scope}, ${clock}`,
      problem: slower
        ? `${(100 * (ratio - 1)).toFixed(1)} % slower, at least ${(100 * (low - 1)).toFixed(1)} %`
        : undecided
        ? time!.reason
        : null,
      undecided: !slower && undecided,
    });
  }
  return checks;
}
