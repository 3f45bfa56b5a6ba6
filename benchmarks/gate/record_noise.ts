/**
 * Records the noise of live blocks on this machine: the same program three times, alive at once and
 * running in turn, so that any difference is noise. What is recorded is what the gate's simulation
 * draws from.
 *
 * ```sh
 * deno run -A benchmarks/gate/record_noise.ts OUT.jsonl BLOCKS CYCLES MODEL...
 * ```
 *
 * A line of JSON a block is added to OUT. Models are those of the quick suite with its weights and
 * sizes, or any other at its own size with random weights.
 *
 * @module
 */

import { random } from "../../src/base/random.ts";
import { selfCommand } from "../../src/bench/self_command.ts";
import { loadSuite, resolveIn } from "../../src/bench/suite.ts";
import { runBlock } from "../../src/gate/time/block.ts";
import type { Side } from "../../src/gate/sides/sides.ts";
import { openLiveProcess } from "../../src/gate/time/live_process.ts";

const [out, blocks, cycles, ...names] = Deno.args;
if (names.length === 0) throw new Error("record_noise.ts OUT.jsonl BLOCKS CYCLES MODEL...");

const { suite, folder } = await loadSuite("quick");
const record = { role: "base", from: "command", commit: null, changed: null } as const;
const side: Side = { record, command: selfCommand("serve-timing")!, root: null };
const { signal } = new AbortController();
const quick = { options: {}, weights: null, batch: 1, overlap: 0, stitching: "mean" } as const;

for (let block = 0; block < Number(blocks); block++) {
  for (const name of names) {
    const listed = suite.models.find(({ model }) => model === name);
    const model = listed
      ? { ...listed, weights: listed.weights && resolveIn(folder, listed.weights) }
      : { ...quick, model: name };
    const open = { model, backend: "onednn", precision: "fp32", seed: 1, scan: null } as const;
    const start = performance.now();
    const found = await runBlock(
      () => openLiveProcess(side, open, null, signal),
      { cycles: [{ scope: "network", cycles: Number(cycles) }], warmup: 2 },
      random(performance.timeOrigin, "noise", block),
      signal,
    );
    const seconds = (performance.now() - start) / 1000;
    Deno.writeTextFileSync(out, `${JSON.stringify({ model: name, seconds, ...found })}\n`, {
      append: true,
    });
    // deno-lint-ignore no-console
    console.log(block, name, seconds.toFixed(1), found.activity?.others.toFixed(2));
  }
}
