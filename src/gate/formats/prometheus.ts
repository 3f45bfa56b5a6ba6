/**
 * A gate in the text format of Prometheus.
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";
import { newTimes } from "./times.ts";

type Labels = Readonly<Record<string, string>>;

/** The verdict, ratios, times, and losses of accuracy as gauges. */
export function prometheus(gate: GateResult): string {
  const { verdict, facts, accuracy, time } = gate;
  const verdicts = ["pass", "regression", "undecided"] as const;
  return [
    gauge(
      "verdict",
      "1 for what the gate said, 0 for what it did not.",
      verdicts.map((one) => [{ verdict: one }, Number(one === verdict)]),
    ),
    gauge(
      "facts_worse",
      "Facts that got worse, without a clock.",
      facts ? [[{}, facts.filter((one) => one.verdict === "worse").length]] : [],
    ),
    gauge(
      "accuracy_difference",
      "Mean over scans of new minus base.",
      (accuracy ?? []).flatMap(({ model, measure, difference }) =>
        difference === null ? [] : [[{ model, measure }, difference] as const]
      ),
    ),
    gauge(
      "time_ratio",
      "Time of new by base.",
      (time?.rows ?? []).map(({ model, scope, clock, ratio }) => [{ model, scope, clock }, ratio]),
    ),
    gauge(
      "time_seconds",
      "Median time of the new program.",
      newTimes(gate).map(({ name, seconds }) => {
        const [model, scope, clock] = name.split(" ");
        return [{ model, scope, clock }, seconds.median];
      }),
    ),
  ].join("");
}

function gauge(
  name: string,
  help: string,
  samples: readonly (readonly [Labels, number])[],
): string {
  if (samples.length === 0) return "";
  const full = `stackbench_gate_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${labelText(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`
  );
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}
