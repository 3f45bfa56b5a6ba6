/** A result of now beside a stored one: what is worse, what is not known, and what may not be compared. */

import assert from "node:assert/strict";
import { NotComparableError } from "../../base/errors.ts";
import type { RunResult } from "../../results/mod.ts";
import { sampleTimedResult } from "../../results/sample_timed.ts";
import { DEFAULT_RULE } from "../time/defaults.ts";
import { pairsOf, storedAccuracy, storedDifferences, storedTime } from "./judge_stored.ts";

const DICE = [0.5, 0.6, 0.7, 0.8];
const SECONDS = [1, 1.01, 0.99, 1.005, 0.995];
const STORED = sampleTimedResult(DICE, SECONDS);

function timeOf(seconds: readonly number[]) {
  const pairs = pairsOf(STORED, sampleTimedResult(DICE, seconds), undefined);
  const { verdict, rows } = storedTime(pairs, ["network", "case"], DEFAULT_RULE);
  return { verdict, rows };
}

Deno.test("times of a stored base: as fast, slower beyond all that is tolerated, or not known", () => {
  assert.equal(timeOf(SECONDS).verdict, "pass");
  const slower = timeOf(SECONDS.map((one) => 1.1 * one));
  assert.equal(slower.verdict, "slower");
  assert.ok(Math.abs(slower.rows[0].ratio - 1.1) < 1e-12);
  // sure to be slower, and less than is tolerated: other minutes may be all there is to it
  assert.equal(timeOf(SECONDS.map((one) => 1.048 * one)).verdict, "undecided");
  assert.equal(timeOf([0.7, 1.4, 1, 1.3, 0.8]).verdict, "undecided");
  const two = timeOf([1, 1]);
  assert.deepEqual([two.verdict, two.rows[0].high], ["undecided", null]);
});

Deno.test("accuracy and facts of a stored base are judged as those of a live one", () => {
  const fresh = sampleTimedResult(DICE.map((one) => one - 0.01), SECONDS);
  const [model] = fresh.models;
  const weights = { ...model.weights, sha256: "f".repeat(64) };
  const models = [{ ...model, weights, parameters: model.parameters + 1 }];
  const [pair] = pairsOf(STORED, { ...fresh, models }, undefined);
  const [dice] = storedAccuracy(pair, 0.005);
  assert.deepEqual([dice.worse, dice.n], [true, 4]);
  assert.equal(storedAccuracy(pair, 0.02)[0].worse, false);
  assert.deepEqual(
    storedDifferences(pair).map(({ kind, worse }) => `${kind} ${worse}`),
    ["parameters true", "weights false"],
  );
});

Deno.test("a result of another machine or of other scans is no base", () => {
  const refused = (stored: RunResult, why: RegExp) =>
    assert.throws(
      () => pairsOf(stored, sampleTimedResult(DICE, SECONDS), undefined),
      (error: unknown) => error instanceof NotComparableError && why.test(error.message),
    );
  const { environment } = STORED;
  refused(
    { ...STORED, environment: { ...environment, cpu: { model: "another", cores: 2 } } },
    /machine/,
  );
  refused(sampleTimedResult(DICE.slice(1), SECONDS), /scans/);
});
