/** A gate in words. */

import assert from "node:assert/strict";
import { sampleGate } from "../results/sample_gate.ts";
import { gateBlocks } from "./gate.ts";
import { plainText } from "./plain_text.ts";

Deno.test("in words it says what fell where, what was allowed, and how sure that is", () => {
  const text = plainText(gateBlocks(sampleGate())).replaceAll(/\s+/g, " ");
  assert.ok(text.includes("went from brgconv:avx512_core to ref:any"));
  assert.ok(text.includes("facts: 1 worse, 1 only told"));
  assert.ok(text.includes("dice (higher is better) went from 0.8000 to 0.7000"));
  assert.ok(text.includes("slower by 5.3 % in processor time, at least 2.1 %"));
});
