/** Results that were edited by hand, or written to do harm: refused with the place, or harmless. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunResult } from "../src/results/mod.ts";
import { parseRunResult } from "../src/results/mod.ts";
import { stackbenchIn } from "./running.ts";

const RESULTS = join(import.meta.dirname!, "..", "results");
const COMMITTED = join(RESULTS, "covid-ct-seg20", "result.json");
/** Results with times. */
const TIMED = join(RESULTS, "quick-phantom.json");

/** Deep JSON without its `readonly`. */
// deno-lint-ignore no-explicit-any
type Loose = any;

/** Committed results with one thing changed. */
function edited(change: (result: Loose) => void, path = COMMITTED): RunResult {
  const result = JSON.parse(Deno.readTextFileSync(path));
  change(result);
  return result;
}

const EDITS: Readonly<Record<string, (result: Loose) => void>> = {
  "predictions\\.0\\.metrics\\.dice\\.value: 17 is not in 0 to 1": (result) =>
    result.predictions[0].metrics.dice.value = 17,
  "predictions\\.0\\.metrics\\.dice\\.value: 0\\.9 is not .* which follows from its voxels": (
    result,
  ) => result.predictions[0].metrics.dice.value = 0.9,
  "predictions\\.0\\.metrics\\.hd95_voxel\\.value: -1 is not in": (result) =>
    result.predictions[0].metrics.hd95_voxel = { value: -1 },
  "experiments\\.dice\\.models\\.0\\.mean\\.value: 0\\.99 is not .* from the scans": (result) =>
    result.experiments.dice.models[0].mean.value = 0.99,
  "experiments\\.dice\\.models\\.0\\.scans: it has \\d+ entries, not \\d+": (result) =>
    result.experiments.dice.models[0].scans.pop(),
  "experiments\\.dataset\\.splits\\.0\\.scans": (result) =>
    result.experiments.dataset.splits[0].scans += 1,
  "statistics\\.pairs\\.0\\.comparisons\\.0\\.difference": (result) =>
    result.statistics.pairs[0].comparisons[0].difference = 0.5,
  "predictions\\.\\d+: there is another one of": (result) =>
    result.predictions.push(result.predictions[0]),
  "dataset\\.cases\\.1: there is another one of scan": (result) =>
    result.dataset.cases[1].index = result.dataset.cases[0].index,
  "predictions\\.0\\.case: there is no scan 4711": (result) => result.predictions[0].case = 4711,
  'predictions\\.0\\.model: there is no model "moon"': (result) =>
    result.predictions[0].model = "moon",
  "predictions\\.0\\.slicePixels: \\d+ numbers for \\d+ slices": (result) =>
    result.predictions[0].slicePixels.pop(),
  "predictions\\.0\\.truePositives": (result) =>
    result.predictions[0].truePositives = result.predictions[0].voxels + 1,
  "dataset\\.cases\\.0\\.truth\\.slicePixels\\.0: \\d+ of \\d+ pixels": (result) =>
    result.dataset.cases[0].truth.slicePixels[0] = 1e9,
};

Deno.test("results that contradict themselves are refused, with the place", () => {
  for (const [message, edit] of Object.entries(EDITS)) {
    assert.throws(() => parseRunResult(edited(edit), "x.json"), new RegExp(message), message);
  }
  const faster = edited((result) => result.timing.inference[0].median /= 10, TIMED);
  assert.throws(() => parseRunResult(faster, "x.json"), /median: .* follows from its samples/);
  for (const path of [COMMITTED, TIMED]) parseRunResult(edited(() => {}, path), "x.json");
});

/** Edits of results with times, pictures and intervals, and the place that is named. */
const TIMED_EDITS: Readonly<Record<string, (result: Loose) => void>> = {
  "models\\.1\\.stack\\.size": (result) => result.models[1].stack.size = 16,
  "models\\.0\\.input": (result) => result.models[0].input.pop(),
  "predictions\\.0\\.executions": (result) => result.predictions[0].executions += 1,
  "predictions\\.0\\.runs\\.0\\.slice": (result) => result.predictions[0].runs[0].slice += 1,
  "predictions\\.0\\.runs\\.0\\.dice": (result) => result.predictions[0].runs[0].dice -= 0.001,
  "predictions\\.0\\.metrics\\.hd95_voxel\\.value": (result) =>
    result.predictions[0].metrics.hd95_voxel.value = 1e4,
  "predictions\\.0\\.metrics\\.surface_dice_1mm": (result) =>
    result.predictions[0].metrics.surface_dice_1mm.value = 1,
  "masks\\.panels\\.0\\.slice": (result) => result.experiments.masks.panels[0].slice = 0,
  "masks\\.panels\\.0\\.models\\.0\\.dice": (result) =>
    result.experiments.masks.panels[0].models[0].dice.value *= 0.99,
  "smoothing_control\\.scans\\.0\\.metrics\\.dice": (result) =>
    result.experiments.smoothing_control.scans[0].metrics.dice.value = 0.99,
  "smoothing_control\\.scans\\.0\\.metrics\\.roughness_truth": (result) =>
    result.experiments.smoothing_control.scans[0].metrics.roughness_truth.value /= 2,
  "overlap\\.combinations\\.1\\.inferenceOverlap": (result) =>
    result.experiments.overlap.combinations[1].inferenceOverlap = 0.5,
  "overlap\\.combinations\\.1\\.trainedOverlap": (result) =>
    result.experiments.overlap.combinations[1].trainedOverlap = 0.5,
  "dice\\.models\\.0\\.paper\\.numbers\\.dice": (result) =>
    result.experiments.dice.models[0].paper.numbers.dice = 0.5,
  "dice\\.models\\.0\\.mean\\.interval\\.low": (result) =>
    result.experiments.dice.models[0].mean.interval.low *= 0.999,
  "dice\\.models\\.1\\.mean\\.interval: its ends are swapped": (result) => {
    const { interval } = result.experiments.dice.models[1].mean;
    [interval.low, interval.high] = [interval.high, interval.low];
    result.tool.version = "0.0.1";
  },
  "pairs\\.0\\.comparisons\\.0\\.interval\\.high": (result) =>
    result.statistics.pairs[0].comparisons[0].interval.high *= 1.001,
  "timing\\.inference\\.0\\.gflopPerSecond": (result) =>
    result.timing.inference[0].gflopPerSecond *= 2,
  "timing\\.inference\\.0\\.slices": (result) => {
    const [one] = result.timing.inference;
    [one.slices, one.slicesPerSecond] = [2 * one.slices, 2 * one.slicesPerSecond];
  },
  "timing\\.cases\\.0\\.phases\\.execute": (result) => result.timing.cases[0].phases.execute = 1e3,
  "volatile\\.writtenAt": (result) => result.volatile.writtenAt = "2000-01-01T00:00:00Z",
};

Deno.test("an edit of one number of pictures, times or intervals is seen, with the place", () => {
  for (const [place, edit] of Object.entries(TIMED_EDITS)) {
    // older files have no checksums, which would see each edit of a prediction
    const result = edited((result) => {
      for (const prediction of result.predictions) delete prediction.checksum;
      edit(result);
    }, TIMED);
    assert.throws(() => parseRunResult(result, "x.json"), new RegExp(place), place);
  }
});

/** What a terminal, Markdown or a page would obey. */
const HOSTILE = "\u001b]0;owned\u0007\u009b31m\u202e<img src=x onerror=alert(1)>[a](b)`|\r\n# no";

Deno.test("report and compare refuse what contradicts itself, and obey no text in it", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  try {
    const write = (name: string, change: (result: Loose) => void) => {
      const path = join(folder, name);
      Deno.writeTextFileSync(path, JSON.stringify(edited(change)));
      return path;
    };
    const false_ = write("false.json", (result) => result.predictions[0].metrics.dice.value = 17);
    for (const args of [["report", false_, "--out", "told"], ["compare", false_, COMMITTED]]) {
      const { code, error } = await stackbenchIn(folder, ...args);
      assert.equal(code, 2, error);
      assert.match(error, /false\.json contradicts itself: predictions\.0\.metrics\.dice\.value/);
    }
    const hostile = write("hostile.json", (result) => {
      result.suite.name = HOSTILE;
      result.dataset.name = HOSTILE;
      result.environment.cpu.model = HOSTILE;
      for (const scan of result.dataset.cases) scan.id = `${scan.index}${HOSTILE}`;
      for (const warning of result.warnings) warning.message = HOSTILE;
    });
    for (const format of ["terminal", "csv", "latex"]) {
      const args = ["--by", "model", "--format", format, "--out", `told.${format}`];
      assert.equal((await stackbenchIn(folder, "compare", hostile, ...args)).code, 0);
      const text = Deno.readTextFileSync(join(folder, `told.${format}`));
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/);
    }
    const unknown = write("unknown.json", (result) => result[HOSTILE] = 1);
    const outputs = [
      await stackbenchIn(folder, "report", hostile, "--out", "told"),
      await stackbenchIn(folder, "compare", hostile, "--by", "model"),
      await stackbenchIn(folder, "report", unknown, "--out", "other"),
    ];
    assert.deepEqual(outputs.map(({ code }) => code), [0, 0, 2], outputs[0].error);
    const markdown = Deno.readTextFileSync(join(folder, "told", "report.md"));
    for (const text of [...outputs.flatMap(({ out, error }) => [out, error]), markdown]) {
      // deno-lint-ignore no-control-regex
      const active = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/;
      assert.doesNotMatch(text, active);
    }
    assert.ok(markdown.includes("\\<img src=x onerror=alert(1)\\>\\[a\\](b)\\`\\|"));
    assert.match(outputs[2].error, /\\u001b\]0;owned/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
