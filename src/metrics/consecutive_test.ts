import assert from "node:assert/strict";
import { consecutiveRuns, medianRun, patternCounts, presentThroughout } from "./consecutive.ts";

const SHAPE = [8, 1, 2] as const;
/** One voxel of lesion in the slices marked 1. */
const mask = (slices: string) => Uint8Array.from([...slices].flatMap((slice) => [+slice, 0]));

Deno.test("every run of four truth-positive slices is looked at, and no other", () => {
  const runs = consecutiveRuns(mask("11011001"), mask("11111011"), SHAPE);
  assert.deepEqual(runs.map(({ start, prediction }) => [start, prediction]), [
    [0, "1101"],
    [1, "1011"],
  ]);
  assert.deepEqual(patternCounts(runs, "prediction"), { "1011": 1, "1101": 1 });
  assert.deepEqual(patternCounts(runs, "truth"), { "1111": 2 });
  assert.equal(runs[0].dice, 6 / 7);
});

Deno.test("the median run is the lower middle one, the first of equals", () => {
  assert.equal(medianRun([0.3, 0.1, 0.2]), 2);
  assert.equal(medianRun([0.5, 0.5, 0.5, 0.5]), 1);
  assert.equal(medianRun([]), -1);
});

Deno.test("presence throughout is a share of runs, if the truth lacks lesion anywhere", () => {
  const runs = consecutiveRuns(mask("11110000"), mask("11111000"), SHAPE);
  assert.equal(presentThroughout(runs, [[1, 0]]).value, 0.5);
  assert.match(presentThroughout(runs, [[1, 1], [2, 1]]).reason!, /mean nothing/);
  assert.match(presentThroughout([], [[1, 0]]).reason!, /no four consecutive/);
});
