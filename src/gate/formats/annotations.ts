/**
 * A gate as annotations of GitHub's workflows.
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";
import { checksOf } from "./problems.ts";

/**
 * One line a problem: an error where something got worse, a warning where it is not known.
 *
 * @example
 * ```ts
 * import { escapedMessage } from "./annotations.ts";
 * import assert from "node:assert/strict";
 * assert.equal(escapedMessage("5 % slower\nthan before"), "5 %25 slower%0Athan before");
 * ```
 */
export function annotations(gate: GateResult): string {
  const lines = checksOf(gate).flatMap(({ layer, name, problem, undecided }) => {
    if (problem === null) return [];
    const level = undecided ? "warning" : "error";
    const title = escapedMessage(`gate, ${layer}: ${name}`).replaceAll(":", "%3A")
      .replaceAll(",", "%2C");
    return [`::${level} title=${title}::${escapedMessage(problem)}\n`];
  });
  return `${lines.join("")}::notice title=gate::${gate.verdict}\n`;
}

/** What the runner reads as a line break or an escape, escaped. */
export function escapedMessage(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
