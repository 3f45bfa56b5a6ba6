import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunResult } from "../results/mod.ts";
import { sampleRunResult } from "../results/sample.ts";
import { markdown } from "./markdown.ts";
import { caveatsOf } from "./caveats.ts";
import { svg } from "./plots/svg.ts";
import { figuresOf, picturesOf, report } from "./report.ts";

/** Dice of six scans. */
const SCORES = [0.8, 0.7, 0.9, 0.6, 0.85, 0.75];

function scoredResult(): RunResult {
  const sample = sampleRunResult();
  const [scan] = sample.dataset.cases;
  const mean = SCORES.reduce((sum, value) => sum + value) / SCORES.length;
  return {
    ...sample,
    status: "complete",
    dataset: {
      ...sample.dataset,
      cases: SCORES.map((_, index) => ({ ...scan, index, id: null, patient: index })),
    },
    statistics: {
      status: "done",
      splits: ["test"],
      pairs: [{
        volumetric: ["v", "v2"],
        planar: ["u"],
        comparisons: [{
          measure: "dice",
          n: 5,
          patients: 4,
          leftOut: 1,
          difference: 0.15,
          interval: { low: 0.0123, high: 0.2, level: 0.95 },
          p: 0.0625,
          pHolm: 0.125,
        }],
      }],
    },
    experiments: {
      ...sample.experiments,
      dice: {
        status: "done",
        splits: ["test"],
        models: [{
          model: "v",
          mean: { value: mean, interval: { low: 0.7, high: 0.8125, level: 0.95 } },
          pooled: { value: 0.81 },
          undefinedScans: 0,
          scans: SCORES.map((value, index) => ({ case: index, value })),
        }, {
          model: "v2",
          mean: { value: 0.6 },
          pooled: { value: 0.6 },
          undefinedScans: 0,
          scans: [],
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

Deno.test("a report has the paper's tables beside ours, and caveats where they belong", () => {
  const text = markdown(report([sampleRunResult()]));
  const test = ["test", "1", "1", "3", "2", "66.7 %", "36", "14727", "20.0 %"];
  assert.deepEqual(row(text, "test"), test);
  const dice = ["u (2D)", "0.800", "-", "0.800", "1", "0", "0.73"];
  assert.deepEqual(row(text.slice(text.indexOf("Table 2")), "u (2D)"), dice);
  assert.match(text, /Not made: no run of four positive slices/);
  assert.match(text, /> - 3 processes \(ask for 5\)/);
  assert.match(text, /This result is partial/);
  assert.match(text, /instruction set avx2, x 3\.2/);
  const section = (title: string) => text.split(/^### /m).find((part) => part.startsWith(title))!;
  for (
    const [topic, title] of [["general", "Data"], ["dataset", "Data"], ["dice", "Dice"]] as const
  ) {
    for (const caveat of caveatsOf(topic)) assert.ok(section(title).includes(caveat), caveat);
  }
  assert.doesNotMatch(text, /NaN|Infinity|\[object|undefined \(undefined/);
});

Deno.test("stacks that are mostly zeros are told of, unless scans fill them", () => {
  const told = /Of the 1 scans of v \(3D\), 1 end in a stack of 32 slices that zeros fill up/;
  const result = sampleRunResult();
  const zeros = markdown(report([result]));
  assert.match(zeros, told);
  assert.match(zeros, /What this cannot say: .*v \(3D\) saw 1 scan as stacks with zeros behind/);
  const filled = result.models.map((model) =>
    model.stack ? { ...model, stack: { ...model.stack, filling: "repeat" as const } } : model
  );
  const text = markdown(report([{ ...result, models: filled }]));
  assert.doesNotMatch(text, told);
  assert.match(text, /32, 0 \(mean, short scans repeated\)/);
  const [one] = result.dataset.cases;
  const longer = (slices: number) => {
    const cases = [{ ...one, shape: [slices, one.shape[1], one.shape[2]] as const }];
    return markdown(report([{ ...result, dataset: { ...result.dataset, cases } }]));
  };
  assert.match(longer(33), told);
  assert.doesNotMatch(longer(60), told);
});

Deno.test("Dice and the difference of models have their intervals", () => {
  const text = markdown(report([scoredResult()]));
  const cells = row(text.slice(text.indexOf("Table 2")), "v (3D)");
  assert.deepEqual(cells, ["v (3D)", "0.767", "0.700 to 0.813", "0.810", "6", "0", "0.79"]);
  assert.match(text, /v \(3D\), mean of 2 trainings minus u \(2D\)/);
  assert.match(text, /\| v \(3D\) +\| 2 +\| 0\.683 \| 0\.600 +\| 0\.767 +\|/);
  const difference = [
    "dice (higher is better)",
    "+0.150",
    "0.012 to 0.200",
    "0.063",
    "0.125",
    "5",
    "4",
    "1",
  ];
  assert.deepEqual(row(text, "dice (higher is better)"), difference);
});

/** A result with what the longer experiments yield, of a scan that is public or not. */
function longResult(id: string | null): RunResult {
  const sample = sampleRunResult();
  const [scan] = sample.dataset.cases;
  const [, prediction] = sample.predictions;
  const overlapped = { ...prediction, model: "v@0.5", slicePixels: [2, 1, 1] };
  const means = (dice: number) => ({ dice: { value: dice }, area_overlap: { value: 0.25 } });
  const combination = { inferenceOverlap: 0, pooled: { value: 0.5 } };
  const panel = { of: "overlap", case: 0, rule: "largest-area", slice: 2 } as const;
  return {
    ...sample,
    dataset: { ...sample.dataset, cases: [{ ...scan, id }] },
    predictions: [...sample.predictions, overlapped],
    experiments: {
      overlap: {
        status: "done",
        splits: ["test"],
        combinations: [
          { ...combination, model: "v", trainedOverlap: 0, means: means(0.8) },
          { ...combination, model: "v@0.5", trainedOverlap: 0.5, means: means(0.625) },
        ],
      },
      masks: {
        status: "done",
        splits: ["test"],
        panels: [{
          ...panel,
          file: "panels/a-overlap-largest-area.png",
          models: ["v", "v@0.5"].map((model) => ({ model, dice: { value: 0.75 } })),
        }],
      },
      threshold_sweep: {
        status: "done",
        splits: ["test"],
        used: 0.2,
        thresholds: [0.1, 0.2],
        scans: [],
        models: [{
          model: "v",
          mean: [{ value: 0.7 }, { value: 0.8 }],
          pooled: [{ value: 0.6 }, { value: null, reason: "both are empty" }],
        }],
      },
    },
  };
}

Deno.test("overlaps, thresholds and pictures are told, pictures only of public scans", () => {
  const asked: string[] = [];
  const hasPicture = (result: number, file: string) => asked.push(`${result} ${file}`) > 0;
  const blocks = report([longResult(null), longResult("a")], { hasPicture });
  const text = markdown(blocks);
  const combination = ["0.5", "0 (the paper's)", "0.625", "-", "0.500", "0.250"];
  assert.deepEqual(row(text, "0.5").slice(0, 6), combination);
  assert.deepEqual(row(text, "0.2 (used)").slice(1), ["0.800", "undefined (1)"]);
  assert.match(text, /^\(1\) both are empty$/m);
  assert.deepEqual(asked, ["1 panels/a-overlap-largest-area.png"]);
  assert.deepEqual(picturesOf(blocks).map(({ name, result }) => [name, result]), [
    ["result-2-masks-0-overlap-largest-area", 1],
  ]);
  assert.match(text, /Fig\. 14: slice 2 of a .*slice, truth, trained at overlap 0, trained at/);
  assert.match(text, /not public stay in the folder/);
  assert.deepEqual(
    figuresOf(blocks).map(({ name }) => name),
    [1, 2].flatMap((n) => [`result-${n}-overlap-0`, `result-${n}-thresholds`]),
  );
  // nobody has the picture: nothing points to it
  assert.doesNotMatch(markdown(report([longResult("a")])), /\.png\)/);
});

Deno.test("no text of a result can break the Markdown", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (cell, other) => {
      const table = { kind: "table", name: "t", caption: "t", columns: ["a", "b"] } as const;
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
    ...["result-1-slices-per-scan", "result-1-dice-by-scan", "result-1-area-plot-2"],
    ...["result-2-slices-per-scan", "result-2-dice-by-scan", "result-2-area-plot-2"],
  ]);
  for (const name of names) assert.ok(markdown(blocks).includes(`(figures/${name}.svg)`));
  const [histogram, dice, areas] = await Promise.all(
    figures.slice(0, 3).map(({ specification }) => svg(specification)),
  );
  assert.match(dice, /aria-label="Dice: 0\.9; [^"]*scan 2/);
  assert.match(histogram, /slices of a scan/);
  assert.match(areas, /^<svg [\s\S]*>truth<[\s\S]*>v \(3D\)<[\s\S]*<\/svg>$/);
  // the text is too long to be shown by a failing test
  for (const [place, drawn] of [histogram, dice, areas].entries()) {
    assert.ok(await svg(figures[3 + place].specification) === drawn, figures[place].name);
  }
});
