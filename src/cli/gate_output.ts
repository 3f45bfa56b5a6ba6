/**
 * What a gate found, in every format.
 *
 * @module
 */

import type { GateResult } from "../results/mod.ts";

/** The formats. */
export const GATE_FORMATS = [
  "terminal",
  "markdown",
  "json",
  "github",
  "junit",
  "bencher",
  "github-action-benchmark",
  "prometheus",
] as const;

/** One of them. */
export type GateFormat = typeof GATE_FORMATS[number];

/** A gate in a format. */
export async function gateText(gate: GateResult, format: GateFormat): Promise<string> {
  const formats = await import("../gate/mod.ts");
  const { gateBlocks, markdown, plainText } = await import("../report/mod.ts");
  const texts: Readonly<Record<GateFormat, () => string>> = {
    terminal: () => plainText(gateBlocks(gate)),
    markdown: () => markdown(gateBlocks(gate)),
    json: () => `${JSON.stringify(gate, null, 2)}\n`,
    github: () => formats.annotations(gate),
    junit: () => formats.junit(gate),
    bencher: () => formats.bencher(gate),
    "github-action-benchmark": () => formats.benchmarkAction(gate),
    prometheus: () => formats.prometheus(gate),
  };
  return texts[format]();
}
