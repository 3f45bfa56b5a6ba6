/** The side that answers: what a gate asks of it besides seconds. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { loadManifest, writePhantoms } from "../datasets/mod.ts";
import { selfCommand } from "./self_command.ts";
import { SAMPLE_REQUEST } from "./sample_request.ts";
import { serveTimings } from "./timing_server.ts";
import { type Answer, question } from "./timing_protocol.ts";
import type { ModelRequest } from "../segmentation/mod.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-timing-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const OPEN = { ask: "open", ...SAMPLE_REQUEST };

/** The answers to some questions. */
async function answersTo(...questions: readonly unknown[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const lines = questions.map((question) => `${JSON.stringify(question)}\n`).join("");
  await serveTimings(
    new Blob([lines]).stream(),
    (line) => void answers.push(JSON.parse(line)),
  );
  return answers;
}

/** The answers of a process of its own: what else tests do here counts as its processor time. */
async function answersOfProcess(...questions: readonly unknown[]): Promise<Answer[]> {
  const [program, ...args] = selfCommand("serve-timing")!;
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const lines = questions.map((question) => `${JSON.stringify(question)}\n`).join("");
  await new Blob([lines]).stream().pipeTo(child.stdin);
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("a model tells its plan, the same every time, with a kernel for each step", async () => {
  const [opened, plan, again] = await answersTo(OPEN, { ask: "plan" }, { ask: "plan" });
  assert.ok(opened.answer === "opened" && opened.asks?.includes("plan"));
  assert.ok(opened.settings?.includes("filling"));
  assert.ok(plan.answer === "plan");
  assert.deepEqual(plan, again);
  const { steps, parameters, memory, weightsSha256 } = plan.plan;
  assert.equal(parameters, 517_565);
  assert.ok(steps.length > 50 && steps.every(({ implementation }) => implementation !== ""));
  assert.ok(steps.reduce((sum, { flops }) => sum + flops, 0) > opened.facts.flops / 2);
  assert.deepEqual([memory, weightsSha256], [opened.facts.memory, null]);
});

Deno.test("runs by two clocks, slowed on purpose, take longer by both or by one", async () => {
  // of three runs the least: what compiles or cleans up beside one counts as processor time too
  const runs = Array(3).fill({ ask: "run", scope: "network" });
  const slow = (kind: string) => ({ ask: "slow", share: 4, kind });
  const asked = [OPEN, ...runs, ...runs, slow("busy"), ...runs, slow("sleep"), ...runs];
  const seconds = (await answersOfProcess(...asked)).flatMap((one) =>
    one.answer === "run" ? [one.seconds] : []
  );
  const [, plain, busy, asleep] = [0, 3, 6, 9].map((from) => {
    const three = seconds.slice(from, from + 3);
    const least = (values: readonly number[]) => Math.min(...values);
    const known = three.every(({ processor }) => processor !== null);
    return {
      elapsed: least(three.map(({ elapsed }) => elapsed)),
      processor: known ? least(three.map(({ processor }) => processor!)) : null,
    };
  });
  assert.ok(plain.elapsed > 0 && busy.elapsed > plain.elapsed && asleep.elapsed > plain.elapsed);
  if (plain.processor === null) return;
  assert.ok(busy.processor! > 2 * plain.processor, "burnt time is the processor's");
  assert.ok(asleep.processor! < busy.processor! / 2, "slept time is not");
});

Deno.test("a scan is segmented to a file, to the same hash again, and timed from memory", async () => {
  const request = { scans: 1, shape: [8, 16, 16], seed: 3, healthy: 0 } as const;
  const manifest = await writePhantoms(join(FOLDER, "phantoms"), request);
  const [{ image, window, reading }] = loadManifest(manifest).cases;
  const scan = { image, window, reading, threshold: 0.2, maskPath: join(FOLDER, "mask.nii.gz") };
  const answers = await answersTo(
    { ...OPEN, scan },
    { ask: "segment", scan },
    { ask: "segment", scan },
    { ask: "run", scope: "case" },
  );
  const [, mask, again, run] = answers;
  assert.ok(mask.answer === "segmented" && /^[0-9a-f]{64}$/.test(mask.mask.maskSha256));
  assert.deepEqual(mask, again);
  assert.ok(Deno.statSync(scan.maskPath).isFile);
  assert.ok(run.answer === "run" && run.seconds.elapsed > 0);
  const [, refused] = await answersTo(OPEN, { ask: "run", scope: "case" });
  assert.ok(refused.answer === "failed" && /no scan was named/.test(refused.message));
});

Deno.test("all that a model is asked for arrives at the process that times it", () => {
  const whole: Required<ModelRequest> = {
    model: "vnet:small",
    input: [8, 16, 16],
    options: { dropout: "0" },
    weights: "a.safetensors",
    stripPrefix: "module.",
    ensemble: ["b.safetensors"],
    field: "lungs",
    batch: "auto",
    overlap: 0.5,
    stitching: "gaussian",
    filling: "repeat",
  };
  assert.deepEqual(question.parse({ ...OPEN, model: whole }), { ...OPEN, model: whole });
});
