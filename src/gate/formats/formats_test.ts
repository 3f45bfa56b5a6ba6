/** Formats of a gate: the same findings in each, in the words of whoever reads it. */

import assert from "node:assert/strict";
import { gate as schema } from "../../results/schema/gate.ts";
import { sampleGate } from "../../results/sample_gate.ts";
import { annotations } from "./annotations.ts";
import { bencher } from "./bencher.ts";
import { benchmarkAction } from "./benchmark_action.ts";
import { junit } from "./junit.ts";
import { prometheus } from "./prometheus.ts";

const GATE = sampleGate();
const UNDECIDED = {
  ...GATE,
  verdict: "undecided" as const,
  facts: [],
  accuracy: [],
  time: {
    ...GATE.time!,
    verdict: "undecided" as const,
    reason: "too noisy",
    rows: GATE.time!.rows.map((row) => ({ ...row, verdict: "open" as const, confirmed: null })),
  },
};

Deno.test("a gate fits its own schema", () => {
  assert.deepEqual(schema.parse(GATE), GATE);
});

Deno.test("annotations are errors for what got worse, warnings for what is not known", () => {
  const lines = annotations(GATE).trimEnd().split("\n");
  assert.equal(lines.filter((line) => line.startsWith("::error title=")).length, 3);
  assert.ok(lines.includes(
    "::error title=gate%2C time%3A vnet%3Asmall%2C network%2C processor::" +
      "5.3 %25 slower, at least 2.1 %25",
  ));
  assert.ok(annotations(UNDECIDED).includes("::warning "));
  assert.ok(!annotations(UNDECIDED).includes("::error "));
});

Deno.test("JUnit counts failures and errors as it lists them, and escapes what XML reads", () => {
  const text = junit(GATE);
  const counted = [...text.matchAll(/ failures="(\d+)"/g)].map(([, n]) => Number(n));
  assert.deepEqual(counted, [1, 1, 1]);
  assert.equal(text.match(/<failure /g)?.length, 3);
  assert.ok(text.includes("&quot;3x3&quot; &amp; more"));
  assert.equal(junit(UNDECIDED).match(/<error /g)?.length, 1);
});

Deno.test("times for drawing are those of the new program, in each program's unit", () => {
  const bmf = JSON.parse(bencher(GATE));
  assert.deepEqual(Object.keys(bmf), [
    "vnet:small network processor",
    "vnet:small network elapsed",
  ]);
  assert.ok(Math.abs(bmf["vnet:small network elapsed"].latency.value - 0.12e9) < 1);
  const [, elapsed] = JSON.parse(benchmarkAction(GATE));
  assert.deepEqual([elapsed.unit, elapsed.value.toFixed(6)], ["ms", "120.000000"]);
  assert.equal(bencher({ ...GATE, time: null }), "{}\n");
});

Deno.test("every line of the Prometheus text is one that its format knows", () => {
  const lines = prometheus(GATE).trimEnd().split("\n");
  const legal = /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?[\d.e+-]+)$/;
  assert.deepEqual(lines.filter((line) => !legal.test(line)), []);
  assert.ok(lines.includes('stackbench_gate_verdict{verdict="regression"} 1'));
  assert.ok(lines.includes("stackbench_gate_facts_worse 1"));
});
