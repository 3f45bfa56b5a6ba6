/**
 * A gate as JUnit XML: a suite a layer, a case a check.
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";
import { type Check, checksOf } from "./problems.ts";

/** Checks that failed are failures; what is not known is an error, as JUnit has it. */
export function junit(gate: GateResult): string {
  const suites = [...Map.groupBy(checksOf(gate), ({ layer }) => layer)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="stackbench gate">',
    ...suites.flatMap(([layer, checks]) => [
      `  <testsuite name="${layer}" tests="${checks.length}" ` +
      `failures="${checks.filter(failed).length}" ` +
      `errors="${checks.filter(({ undecided }) => undecided).length}">`,
      ...checks.map(caseText),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function failed({ problem, undecided }: Check): boolean {
  return problem !== null && !undecided;
}

function caseText({ layer, name, problem, undecided }: Check): string {
  const start = `    <testcase classname="gate.${layer}" name="${escaped(name)}"`;
  if (problem === null) return `${start}/>`;
  const kind = undecided ? "error" : "failure";
  return `${start}><${kind} message="${escaped(problem)}"/></testcase>`;
}

/** Text inside a quoted attribute. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll(/\s/g, " ");
}
