import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunResult } from "../results/mod.ts";
import { sampleRunResult } from "../results/sample.ts";
import { meanInterval } from "../statistics/mean_interval.ts";
import { comparePairs } from "./comparison.ts";
import { markdown } from "./markdown.ts";
import { PAPER_CAVEATS } from "./paper.ts";
import { svg } from "./plots/svg.ts";
import { figuresOf, report } from "./report.ts";

/** Six scans of five patients: what a 3-D and a 2-D model scored. */
const SOLID = [0.8, 0.7, 0.9, 0.6, 0.85, 0.75];
const FLAT = [0.7, 0.65, 0.5, 0.65, 0.6, null];
const PATIENTS = [0, 0, 1, 2, 3, 4];

function scoredResult(): RunResult {
  const sample = sampleRunResult();
  const [scan] = sample.dataset.cases;
  const [prediction] = sample.predictions;
  const predictionsOf = (model: string, dice: readonly (number | null)[], error: number) =>
    dice.map((value, index) => ({
      ...prediction,
      model,
      case: index,
      metrics: { dice: { value }, volume_error: { value: error } },
    }));
  const mean = SOLID.reduce((sum, value) => sum + value) / SOLID.length;
  return {
    ...sample,
    status: "complete",
    dataset: {
      ...sample.dataset,
      cases: PATIENTS.map((patient, index) => ({ ...scan, index, id: null, patient })),
    },
    predictions: [...predictionsOf("v", SOLID, -0.3), ...predictionsOf("u", FLAT, 0.1)],
    experiments: {
      ...sample.experiments,
      dice: {
        status: "done",
        splits: ["test"],
        models: [{
          model: "v",
          mean: { value: mean },
          pooled: { value: 0.81 },
          undefinedScans: 0,
          scans: SOLID.map((value, index) => ({ case: index, value })),
        }],
      },
      area_plot: {
        status: "done",
        splits: ["test"],
        scans: [{ case: 2, truth: [0, 1, 0.5], models: [{ model: "v", curve: [0, 0.5, 1] }] }],
        models: [{ model: "v", means: { area_overlap: { value: 0.625 } } }],
      },
    },
  };
}

/** Cells of the table row that starts so. */
function row(text: string, first: string): string[] {
  const line = text.split("\n").find((one) => one.startsWith(`| ${first} `));
  assert.ok(line, `no row ${first}`);
  return line.split("|").slice(1, -1).map((cell) => cell.trim());
}

Deno.test("a report has the paper's tables beside ours, and every caveat", () => {
  const text = markdown(report([sampleRunResult()]));
  const test = ["test", "1", "1", "3", "2", "66.7 %", "36", "14727", "20.0 %"];
  assert.deepEqual(row(text, "test"), test);
  assert.deepEqual(row(text, "u (2D)").slice(0, 2), ["u (2D)", "0.800"]);
  assert.equal(row(text, "u (2D)").at(-1), "0.73");
  assert.match(text, /Not made: no run of four positive slices/);
  assert.match(text, /- 3 runs \(ask for 5\)/);
  assert.match(text, /This result is partial/);
  assert.match(text, /instruction set avx2, x 3\.2/);
  for (const caveat of PAPER_CAVEATS) assert.ok(text.includes(caveat.replaceAll("[", "\\[")));
  assert.doesNotMatch(text, /NaN|Infinity|\[object|undefined \(undefined/);
});

Deno.test("Dice has the interval of its scans, resampled by patient", () => {
  const cells = row(markdown(report([scoredResult()])), "v (3D)");
  const { interval } = meanInterval(SOLID, { seed: 1, patients: PATIENTS });
  const expected = `${interval!.low.toFixed(3)} to ${interval!.high.toFixed(3)}`;
  assert.deepEqual(cells, ["v (3D)", "0.767", expected, "0.810", "6", "0.79"]);
});

Deno.test("models are compared on the scans that both have, signed errors by their size", () => {
  const [{ solid, flat, comparisons }] = comparePairs(scoredResult());
  assert.deepEqual([solid, flat], ["v", "u"]);
  const [dice, volume] = comparisons;
  assert.deepEqual([dice.n, dice.patients, dice.leftOut], [5, 4, 1]);
  // differences 0.1, 0.05, 0.4, -0.05, 0.25: the ranks of the smallest two are shared
  assert.equal(dice.difference!.toFixed(6), "0.150000");
  assert.equal(volume.measure, "size of volume_error");
  assert.equal(volume.difference!.toFixed(6), "0.200000");
  assert.equal(volume.p, 0.03125);
  assert.equal(volume.pHolm, 0.0625);
  assert.deepEqual(comparePairs(sampleRunResult())[0].comparisons[0].interval, null);
});

Deno.test("no text of a result can break the Markdown", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (cell, other) => {
      const table = { kind: "table", caption: "t", columns: ["a", "b"] } as const;
      const text = markdown([{ ...table, rows: [[cell, other]] }]);
      const [, , head, rule, body, end] = text.split("\n");
      assert.equal(end, "");
      for (const line of [head, rule, body]) {
        assert.equal(line.replaceAll(/\\[\s\S]/g, "").split("|").length, 4, line);
      }
      assert.doesNotMatch(body.replaceAll(/\\[\s\S]/g, ""), /[<[`*]/);
    }),
  );
});

Deno.test("figures have names of their own and are drawn the same each time", async () => {
  const blocks = report([scoredResult(), scoredResult()]);
  const figures = figuresOf(blocks);
  const names = figures.map(({ name }) => name);
  assert.deepEqual(names, [
    ...["result-1-slices-per-scan", "result-1-area-plot-2"],
    ...["result-2-slices-per-scan", "result-2-area-plot-2"],
  ]);
  for (const name of names) assert.ok(markdown(blocks).includes(`(figures/${name}.svg)`));
  const [histogram, areas] = await Promise.all(
    figures.slice(0, 2).map(({ specification }) => svg(specification)),
  );
  assert.match(histogram, /slices of a scan/);
  assert.match(areas, /^<svg [\s\S]*>truth<[\s\S]*>v \(3D\)<[\s\S]*<\/svg>$/);
  // the text is too long to be shown by a failing test
  for (const [place, drawn] of [histogram, areas].entries()) {
    assert.ok(await svg(figures[2 + place].specification) === drawn, figures[place].name);
  }
});
