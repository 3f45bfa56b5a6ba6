/**
 * Fuzzes every reader: `deno task fuzz --inputs 100000 --seed 1 [--seconds 1800] [FOLDER...]`.
 *
 * Folders with scans are taken besides the fixtures. Reading goes on in a process of its own, which
 * is ended and counted as a hang where it loses `Patience`. The report goes to `results/fuzz/`; the
 * program ends with 1 where something crashed, hung or took too much.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "../../src/base/atomic.ts";
import { writeError } from "../../src/cli/terminal.ts";
import type { Outcome } from "./inputs.ts";
import { Patience } from "./patience.ts";
import { type Hang, reportOf, type Tried } from "./report.ts";

const { values, positionals } = parseArgs({
  options: {
    inputs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "1800" },
    out: { type: "string", default: join(import.meta.dirname!, "../../results/fuzz") },
  },
  allowPositionals: true,
});
const [inputs, seed, seconds] = [values.inputs, values.seed, values.seconds].map(Number);

const tried: Tried[] = [];
const hangs: Hang[] = [];
const began = performance.now();
const elapsed = () => (performance.now() - began) / 1000;
const folder = Deno.makeTempDirSync({ prefix: "stackbench-fuzz-" });
try {
  let next = 0;
  while (next < inputs && elapsed() < seconds) next = await readFrom(next);
} finally {
  Deno.removeSync(folder, { recursive: true });
}
const report = reportOf({ seed, tried, hangs, seconds: elapsed() });
Deno.mkdirSync(values.out, { recursive: true });
writeAtomically(join(values.out, `seed-${seed}.json`), [`${JSON.stringify(report, null, 2)}\n`]);
const { read, refused, crashed, over } = report;
writeError(
  `${report.inputs} inputs in ${report.seconds} s: ${read} read, ${refused} refused, ` +
    `${crashed.length} crashed, ${hangs.length} hung, ${over.length} took too much\n`,
);
Deno.exitCode = crashed.length + hangs.length + over.length > 0 ? 1 : 0;

/** Reads inputs from a number on until all are read, one hangs or time is up; gives the next. */
async function readFrom(first: number): Promise<number> {
  const script = join(import.meta.dirname!, "worker.ts");
  const range = [String(seed), String(first), String(inputs)];
  // by its name, which the task allows: this one may lie behind a link
  const worker = new Deno.Command("deno", {
    args: ["run", "--quiet", "-A", script, ...range, folder, ...positionals],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let next = first;
  let hung = false;
  const patience = new Patience(worker.pid, () => {
    hung = true;
    worker.kill("SIGKILL");
  });
  const lines = worker.stdout.pipeThrough(new TextDecoderStream());
  let rest = "";
  for await (const text of lines) {
    patience.heard();
    const [...whole] = (rest + text).split("\n");
    rest = whole.pop()!;
    for (const line of whole) {
      const outcome: Outcome & { readonly memory: number | null } = JSON.parse(line);
      tried.push(outcome);
      next = outcome.input + 1;
    }
    if (elapsed() >= seconds) worker.kill("SIGKILL");
  }
  patience.close();
  const { success } = await worker.status;
  if (success || elapsed() >= seconds) return next;
  // a process that ends by itself died of its input
  hangs.push({ input: next, why: hung ? "it hung" : "its process died" });
  return next + 1;
}
