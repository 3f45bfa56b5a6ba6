/**
 * Kills runs, trainings and reports at random moments, goes on with them, and looks at what is left:
 * `deno run -A benchmarks/kills.ts [--kills 20] [--seed 1]`, with its report in `results/kills.json`.
 *
 * Each piece of work is killed once and gone on with (`--resume`) to its end, whose files must be
 * those of work that nobody disturbed, with no other files beside them.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "../src/base/atomic.ts";
import { random } from "../src/base/random.ts";
import { sha256 } from "../src/base/hashing.ts";
import { writeError } from "../src/cli/terminal.ts";
import { readRunResult, withoutVolatile } from "../src/results/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: join(ROOT, "results", "kills.json") },
  },
});

/** Work that can be killed. */
interface Work {
  readonly name: string;
  readonly args: (out: string) => string[];
  /** What it adds to go on after a kill. */
  readonly goOn: readonly string[];
}

const TINY = ["--backend", "reference"];
const WORKS: readonly Work[] = [
  {
    name: "run",
    args: (out) => ["run", "--suite", "tiny.json", "--out", out, ...TINY],
    goOn: ["--resume"],
  },
  {
    name: "train",
    args: (out) =>
      ["train", "--model", "vnet:small", "--data", "scans/manifest.json", "--input", "8x16x16"]
        .concat(["--epochs", "3", "--steps", "2", "--out", out, ...TINY]),
    goOn: ["--resume"],
  },
  {
    name: "report",
    args: (out) => ["report", join(ROOT, "results/quick-phantom.json"), "--out", out],
    goOn: [],
  },
];

/** One kill and what came of it. */
interface Kill {
  readonly work: string;
  readonly signal: typeof SIGNALS[number];
  /** Share of the undisturbed time after which it came. */
  readonly at: number;
  /** Exit code of what was killed; null where it had ended before. */
  readonly code: number | null;
  /** What is wrong afterwards, in words; nothing where all is well. */
  readonly faults: readonly string[];
}

const folder = Deno.makeTempDirSync({ prefix: "stackbench-kills-" });
const start = (args: readonly string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", join(ROOT, "src/cli/main.ts"), ...args],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();

try {
  Deno.writeTextFileSync(
    join(folder, "tiny.json"),
    JSON.stringify({
      schema: "stackbench/suite",
      version: 1,
      name: "tiny",
      dataset: { phantom: { scans: 4, shape: [16, 24, 24] } },
      models: [{ model: "vnet:small", input: [8, 16, 16] }],
      timing: { warmup: 0, repeats: 1, processes: 1 },
    }),
  );
  await finish(["data", "phantom", "--scans", "10", "--shape", "16x16x16", "--out", "scans"]);
  const draw = random(Number(values.seed), "kills");
  const kills: Kill[] = [];
  const wholes = new Map<string, { readonly files: Map<string, string>; readonly took: number }>();
  for (const { name, args } of WORKS) {
    const began = performance.now();
    await finish(args(`${name}-whole`));
    const took = performance.now() - began;
    wholes.set(name, { files: contentsOf(join(folder, `${name}-whole`)), took });
  }
  for (let i = 0; i < Number(values.kills); i++) {
    const work = WORKS[i % WORKS.length];
    const signal = SIGNALS[draw.integer(SIGNALS.length)];
    const kill = await killOnce(work, wholes.get(work.name)!, signal, draw.integer(1000) / 1000, i);
    writeError(`${kill.work} ${signal} at ${kill.at}: ${kill.code} ${kill.faults.join("; ")}\n`);
    kills.push(kill);
  }
  const faulty = kills.filter(({ faults }) => faults.length > 0).length;
  const report = { seed: Number(values.seed), kills: kills.length, faulty, each: kills };
  writeAtomically(values.out, [`${JSON.stringify(report, null, 2)}\n`]);
  Deno.exitCode = faulty > 0 ? 1 : 0;
} finally {
  Deno.removeSync(folder, { recursive: true });
}

async function killOnce(
  { name, args, goOn }: Work,
  { files, took }: { readonly files: Map<string, string>; readonly took: number },
  signal: Kill["signal"],
  at: number,
  i: number,
): Promise<Kill> {
  const out = `${name}-${i}`;
  const child = start(args(out));
  const timer = setTimeout(() => {
    try {
      child.kill(signal);
    } catch {
      // it had ended
    }
  }, at * took);
  const { code, success } = await child.output();
  clearTimeout(timer);
  const faults: string[] = [];
  // 130 where it could say so itself, else what the system says of a process that was ended
  const legal = signal === "SIGKILL" ? [137] : [130, signal === "SIGINT" ? 130 : 143];
  if (!success && !legal.includes(code)) faults.push(`it ended with ${code}`);
  if (!success) {
    try {
      await finish([...args(out), ...goOn]);
    } catch (error) {
      faults.push(`it cannot be gone on with: ${error instanceof Error ? error.message : error}`);
    }
  }
  const now = contentsOf(join(folder, out));
  for (const path of files.keys()) {
    if (!now.has(path)) faults.push(`${path} is missing`);
    else if (now.get(path) !== files.get(path)) faults.push(`${path} differs`);
  }
  for (const path of now.keys()) if (!files.has(path)) faults.push(`${path} is litter`);
  return { work: name, signal, at, code: success ? null : code, faults };
}

/** Runs a command to its end. */
async function finish(args: readonly string[]): Promise<void> {
  const { success, stderr } = await start(args).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).split("\n").at(-3) ?? "failed");
}

/** SHA-256 of each file below a folder, by its path; of results and logs without their times. */
function contentsOf(top: string, below = ""): Map<string, string> {
  const found = new Map<string, string>();
  let entries: Deno.DirEntry[] = [];
  try {
    entries = [...Deno.readDirSync(join(top, below))];
  } catch {
    // killed before it was made
  }
  for (const { name, isDirectory } of entries) {
    const path = join(below, name);
    if (isDirectory) contentsOf(top, path).forEach((hash, inner) => found.set(inner, hash));
    else found.set(path, hashOf(join(top, path)));
  }
  return found;
}

function hashOf(path: string): string {
  if (path.endsWith("result.json")) {
    return sha256(JSON.stringify(withoutVolatile(readRunResult(path))));
  }
  // each line of a log says when it was written
  if (path.endsWith(".jsonl") || path.endsWith(".log")) return "a log";
  return sha256(Deno.readFileSync(path));
}
