/** Which of several results are compared. */

import assert from "node:assert/strict";
import type { RunResult } from "../results/mod.ts";
import { sampleRunResult } from "../results/sample.ts";
import { groupResults } from "./groups.ts";

const BASE: RunResult = { ...sampleRunResult(), status: "complete" };

function ofCommit(letter: string): RunResult {
  return { ...BASE, tool: { ...BASE.tool, commit: letter.repeat(40) } };
}

/** The base on another processor. */
const ELSEWHERE: RunResult = {
  ...BASE,
  environment: { ...BASE.environment, cpu: { model: "another", cores: 64 } },
};

Deno.test("each result joins the first group in which all may be compared", () => {
  const { groups, alone } = groupResults([ofCommit("c"), ELSEWHERE, ofCommit("d"), ofCommit("e")]);
  assert.deepEqual(groups.map(({ places }) => places), [[0, 2, 3]]);
  assert.equal(groups[0].comparison.by, "commit");
  assert.equal(groups[0].comparison.sides.length, 3);
  assert.equal(alone.length, 1);
  assert.equal(alone[0].place, 1);
  assert.match(alone[0].reasons.join(), /differs too/);
});

Deno.test("one result is no group, and a partial one tells why it is in none", () => {
  assert.deepEqual(groupResults([BASE]), { groups: [], alone: [] });
  const { groups, alone } = groupResults([BASE, { ...BASE, status: "partial" }]);
  assert.deepEqual(groups, []);
  assert.deepEqual(alone.map(({ place, nearest }) => [place, nearest]), [[0, 1], [1, 0]]);
  assert.match(alone[1].reasons.join(), /B is partial/);
});
