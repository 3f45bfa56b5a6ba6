import assert from "node:assert/strict";
import { PAPER, PAPER_OVERLAP, PAPER_TIMES } from "./paper.ts";

const NUMBERS = new URL("../../../shared/paper/numbers.json", import.meta.url);

function numbers() {
  try {
    return JSON.parse(Deno.readTextFileSync(NUMBERS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

const given = numbers();

Deno.test({
  name: "the paper's numbers are those that were read out of it" +
    (given ? "" : " (skipped: ../shared/paper/numbers.json is absent)"),
  ignore: given === null,
  fn() {
    const { table1, table2, table3, stacks, figure9 } = given;
    assert.deepEqual(PAPER.splits, {
      train: table1.training,
      validation: table1.validation,
      test: table1.test,
    });
    assert.equal(PAPER.prevalence, table1.prevalence);
    assert.deepEqual(PAPER.dice, { 2: table2.dice["2d"], 3: table2.dice["3d"] });
    const seconds = (of: Record<string, number>) => ({ 2: of["2d"], 3: of["3d"] });
    assert.deepEqual(PAPER.seconds, { cpu: seconds(table3.cpu), gpu: seconds(table3.gpu) });
    assert.deepEqual([PAPER_TIMES.numbers.slices, PAPER_TIMES.words.gpu], [
      table3.slices,
      table3.gpu.name,
    ]);
    assert.equal(PAPER_OVERLAP.numbers.inferenceOverlap, stacks.inference_overlap);
    assert.deepEqual(PAPER.presence, { 2: figure9["2d"].join(""), 3: figure9["3d"].join("") });
  },
});
