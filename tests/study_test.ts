/**
 * The studies: how claims are decided, and that reports follow from results.
 */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { contrast, decide } from "../benchmarks/study/claims.ts";
import { phantomReport } from "../benchmarks/study/phantom_report.ts";
import { studyReport } from "../benchmarks/study/report.ts";
import type { Architecture } from "../benchmarks/study/values.ts";
import type { CaseRecord } from "../src/results/mod.ts";

Deno.test("a claim takes an interval off 0, three seeds of one sign and five patients", () => {
  const found = { patients: 10, difference: 0.1, interval: { low: 0.02, high: 0.2, level: 0.95 } };
  const seeds = [0.1, 0.08, 0.12];
  assert.equal(decide(found, seeds, 1).verdict, "supported");
  assert.equal(decide(found, seeds, -1).verdict, "not supported");
  for (
    const [changed, own] of [
      [{}, [0.1, 0.22, -0.02]],
      [{}, [0.1, 0.1]],
      [{ patients: 4 }, seeds],
      [{ interval: { low: -0.01, high: 0.2, level: 0.95 } }, seeds],
      [{ interval: null }, seeds],
    ] as const
  ) {
    assert.equal(decide({ ...found, ...changed }, own, 1).verdict, "undecided");
  }
});

Deno.test("architectures are compared over the seeds that both have, by seed and not by place", () => {
  const scans = [0, 1, 2].map((index) => ({ index, patient: index })) as unknown as CaseRecord[];
  const of = (dice: Readonly<Record<number, number>>) =>
    ({
      label: "",
      stack: null,
      predictions: new Map(
        Object.entries(dice).map(([seed, value]) => [
          Number(seed),
          new Map(scans.map(({ index }) => [index, { metrics: { dice: { value } } }])),
        ]),
      ),
    }) as unknown as Architecture;
  const dice = { measure: "dice", size: false };
  const { found, seeds } = contrast(dice, of({ 2: 0.75, 3: 0.5 }), of({ 1: 0.1, 2: 0.5 }), scans);
  assert.deepEqual(seeds, [0.25]);
  assert.equal(found.difference, 0.25);
});

const RESULTS = join(import.meta.dirname!, "..", "results");

for (
  const [name, reportOf] of [
    ["covid-ct-seg20-v2", studyReport],
    ["covid-ct-seg20-long", studyReport],
    ["phantom-seeds", phantomReport],
  ] as const
) {
  const folder = join(RESULTS, name);
  const report = join(folder, "report.md");
  const there = existsSync(report);
  Deno.test({
    name: `the report of ${name} is what its results give` +
      (there ? "" : " (skipped: there is none yet)"),
    ignore: !there,
    fn: () => assert.equal(reportOf(folder), Deno.readTextFileSync(report)),
  });
}
