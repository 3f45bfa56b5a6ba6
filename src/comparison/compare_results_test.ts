/** What may be compared, and with what outcome. */

import assert from "node:assert/strict";
import { NotComparableError } from "../base/errors.ts";
import type { RunResult } from "../results/mod.ts";
import { sampleTimedResult } from "../results/sample_timed.ts";
import { compareResults } from "./compare_results.ts";

/** Dice of the base on eight scans; the last of them has none. */
const DICE = [0.5, 0.6, 0.7, 0.8, 0.55, 0.65, 0.75, null];

const BASE = sampleTimedResult(DICE, [1, 1.1, 0.9]);

/** The base with another commit. */
function laterThan(result: RunResult): RunResult {
  return { ...result, tool: { ...result.tool, commit: "b".repeat(40) } };
}

Deno.test("differences are of the same scans, whatever their order, with what is missing counted", () => {
  const better = sampleTimedResult(DICE.map((value) => value === null ? null : 1.2 * value), [
    2,
    2.2,
    1.8,
  ]);
  const shuffled = laterThan({
    ...better,
    dataset: { ...better.dataset, cases: better.dataset.cases.toReversed() },
    // no mask of the first scan
    predictions: better.predictions.slice(1).toReversed(),
  });
  const { by, accuracy, timing, masks, forced, sides } = compareResults([BASE, shuffled], {
    metrics: ["dice", "volume_error"],
  });
  assert.equal(by, "commit");
  assert.equal(forced, false);
  assert.deepEqual(sides.map(({ value }) => value), ["0.1.0 unknown", "0.1.0 bbbbbbbbbb"]);
  const [dice, volume] = accuracy;
  assert.deepEqual(
    [dice.scans, dice.n, dice.base.missed, dice.base.undefined, dice.compared.missed],
    [8, 6, 0, 1, 1],
  );
  assert.ok(Math.abs(dice.difference! - 0.135) < 1e-12);
  assert.ok(dice.interval!.low < 0.135 && dice.interval!.high > 0.135);
  // six of six larger: 2 / 2^6, and twice that after Holm's correction over two rows
  assert.equal(dice.p, 0.03125);
  assert.ok(dice.pHolm! > dice.p!);
  // the size of a signed error is compared: both grew, whatever their sign
  assert.ok(Math.abs(volume.difference! - 0.135 * 6 / 7) < 1e-12);
  assert.deepEqual(masks, [{ model: "u", other: "B", scans: 7, same: 7 }]);
  assert.ok(Math.abs(timing[0].ratio.ratio - 2) < 1e-12);
  assert.equal(timing[0].ratio.includesOne, false);
  assert.ok(timing[0].ratio.detectable! > 1);
});

Deno.test("whatever must be the same and is not is listed; forced, the outcome is marked", () => {
  const { environment, suite, models } = BASE;
  const cases: [change: Partial<RunResult>, obstacle: RegExp][] = [
    [{ status: "partial" }, /B is partial/],
    [{ suite: { ...suite, threshold: 0.5 } }, /threshold differs \(A: 0.2; B: 0.5\)/],
    [{ suite: { ...suite, precision: "bf16" } }, /precision differs too \(A: fp32; B: bf16\)/],
    [
      { environment: { ...environment, cpu: { ...environment.cpu, cores: 64 } } },
      /machine differs too \(A: a processor, 2 of 2 cores/,
    ],
    [
      { environment: { ...environment, cpu: { ...environment.cpu, generation: "family 26" } } },
      /machine differs too \(A: a processor, 2 of.*; B: a processor \(family 26\), 2 of/,
    ],
    [{ dataset: { ...BASE.dataset, cases: BASE.dataset.cases.slice(1) } }, /1 of 8 scans of A/],
    [
      {
        dataset: {
          ...BASE.dataset,
          cases: BASE.dataset.cases.map((scan) => ({ ...scan, window: "mediastinal" })),
        },
      },
      /8 scans have another window in B/,
    ],
    [{ models: [{ ...models[0], graphHash: "e".repeat(64) }] }, /u has another graph in B/],
    [
      { models: [{ ...models[0], weights: { ...models[0].weights, sha256: "e".repeat(64) } }] },
      /u has other weights in B/,
    ],
    [{ models: [{ ...models[0], id: "w" }] }, /no model is in both/],
  ];
  for (const [change, obstacle] of cases) {
    const other = laterThan({ ...BASE, ...change });
    assert.throws(() => compareResults([BASE, other]), (error) => {
      assert.ok(error instanceof NotComparableError && error.exitCode === 4);
      assert.match(error.message, obstacle);
      return true;
    });
    const { forced, obstacles } = compareResults([BASE, other], { force: true });
    assert.equal(forced, true);
    assert.match(obstacles.join("; "), obstacle);
  }
});

Deno.test("the only thing that differs is found; another backend on one machine is one thing", () => {
  const { environment } = BASE;
  const reference: RunResult = {
    ...BASE,
    environment: {
      ...environment,
      backend: { ...environment.backend, name: "reference", isa: null, threads: 1 },
    },
  };
  assert.equal(compareResults([BASE, reference], { by: "backend" }).forced, false);
  assert.throws(() => compareResults([BASE, reference], { by: "commit" }), /backend differs too/);
  const bf16: RunResult = { ...BASE, suite: { ...BASE.suite, precision: "bf16" } };
  assert.equal(compareResults([BASE, bf16]).by, "precision");
  const elsewhere: RunResult = {
    ...BASE,
    environment: { ...environment, cpu: { model: "another processor", cores: 8 } },
  };
  const { by, environment: facts } = compareResults([BASE, elsewhere]);
  assert.equal(by, "machine");
  assert.deepEqual(facts.map(({ what }) => what), ["processor", "cores"]);
});

Deno.test("models of one result are compared; one model alone leaves nothing to compare", () => {
  const twice: RunResult = {
    ...BASE,
    models: [BASE.models[0], { ...BASE.models[0], id: "w" }],
    predictions: [
      ...BASE.predictions,
      ...BASE.predictions.map((one) => ({ ...one, model: "w", metrics: { dice: { value: 0.9 } } })),
    ],
  };
  const { by, accuracy, masks } = compareResults([twice], { metrics: ["dice"] });
  assert.equal(by, "model");
  assert.equal(accuracy[0].model, "w against u");
  assert.deepEqual(masks, []);
  assert.throws(() => compareResults([BASE]), /nothing to compare/);
  assert.throws(() => compareResults([twice], { metrics: ["rose"] }), /no metric rose/);
});
