/**
 * Kills commands at random moments, goes on with them, and looks at what is left:
 * `deno run -A benchmarks/faults/kills.ts [--only run,train] [--kills 50] [--seed 1]`, with a report
 * of each command in `results/kills/`.
 *
 * Each start is killed once and gone on with to its end, whose files must be those of work that
 * nobody disturbed, with no other files beside them, no temporary folder, no checkout that git knows
 * of, and no process. A start that ends before its kill is looked at too, and shortens the time in
 * which the next kills come: `--kills` are those that came in the midst, of twice as many starts at
 * most.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "../../src/base/atomic.ts";
import { random } from "../../src/base/random.ts";
import { writeError } from "../../src/cli/terminal.ts";
import { type Contents, contentsOf, differences } from "./contents.ts";
import {
  endOf,
  litterOf,
  openWorkplace,
  removeIfThere,
  startWork,
  targetOf,
  type Work,
  type Workplace,
  WORKS,
} from "./works.ts";

const ROOT = join(import.meta.dirname!, "../..");
const SIGNALS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
const KILLED = ["run", "train", "merge", "report", "predict", "setup", "gate"];

/** One kill and what came of it. */
interface Kill {
  readonly signal: typeof SIGNALS[number];
  /** Share of the time of a start after which it came. */
  readonly at: number;
  /** Exit code of what was killed; null where it had ended before. */
  readonly code: number | null;
  /** What is wrong afterwards, in words; nothing where all is well. */
  readonly faults: readonly string[];
}

/** What an undisturbed start left, and how many milliseconds the fastest so far took. */
interface Whole {
  readonly contents: Contents;
  readonly took: number;
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: join(ROOT, "results", "kills") },
  },
});
const names = values.only?.split(",") ?? KILLED;
using place = await openWorkplace(names);
Deno.exitCode = 0;
for (const work of WORKS.filter(({ name }) => names.includes(name))) {
  const draw = random(Number(values.seed), "kills", work.name);
  const out = `${work.name}-killed`;
  const target = targetOf(place, work, out);
  work.prepare?.(place, out);
  const began = performance.now();
  const { code, error } = await endOf(startWork(place, work, out));
  if (code !== 0) throw new Error(`${work.name}: ${error}`);
  let whole: Whole = { took: performance.now() - began, contents: contentsOf(target) };
  const kills: Kill[] = [];
  const wanted = Number(values.kills);
  const cameBefore = () => kills.filter(({ code }) => code !== null).length;
  while (cameBefore() < wanted && kills.length < 2 * wanted) {
    removeIfThere(target);
    const signal = SIGNALS[draw.integer(SIGNALS.length)];
    const { took, ...kill } = await killOnce(place, work, whole, signal, draw.integer(1000) / 1000);
    writeError(`${work.name} ${signal} at ${kill.at}: ${kill.code} ${kill.faults.join("; ")}\n`);
    kills.push(kill);
    whole = { ...whole, took: Math.min(whole.took, took ?? whole.took) };
  }
  removeIfThere(target);
  const faulty = kills.filter(({ faults }) => faults.length > 0).length;
  if (faulty > 0) Deno.exitCode = 1;
  const report = {
    command: work.name,
    seed: Number(values.seed),
    kills: kills.length,
    before: cameBefore(),
    faulty,
    each: kills,
  };
  Deno.mkdirSync(values.out, { recursive: true });
  writeAtomically(join(values.out, `${work.name}.json`), [`${JSON.stringify(report, null, 2)}\n`]);
}

/** Starts a work, kills it, and goes on with it; how long it took, where it ended before. */
async function killOnce(
  place: Workplace,
  work: Work,
  { contents, took }: Whole,
  signal: Kill["signal"],
  at: number,
): Promise<Kill & { readonly took: number | null }> {
  const out = `${work.name}-killed`;
  work.prepare?.(place, out);
  const began = performance.now();
  const child = startWork(place, work, out);
  const timer = setTimeout(() => {
    try {
      child.kill(signal);
    } catch {
      // it had ended
    }
  }, at * took);
  const { code } = await endOf(child);
  clearTimeout(timer);
  const lasted = performance.now() - began;
  const faults: string[] = [];
  // 130 where it could say so itself, else what the system says of a process that was ended
  const legal = signal === "SIGKILL" ? [137] : [130, signal === "SIGINT" ? 130 : 143];
  if (code !== 0 && !legal.includes(code)) faults.push(`it ended with ${code}`);
  if (!await endsAll(place)) faults.push("a process of it goes on");
  if (code !== 0) {
    const again = await endOf(startWork(place, work, out, { more: work.goOn }));
    if (again.code !== 0) faults.push(`it cannot be gone on with: ${again.error.trim()}`);
  }
  faults.push(...differences(contentsOf(targetOf(place, work, out)), contents));
  faults.push(...litterOf(place, work));
  return { signal, at, code: code === 0 ? null : code, faults, took: code === 0 ? lasted : null };
}

/** Whether every process that has to do with the workplace ends by itself, within a while. */
async function endsAll({ top }: Workplace): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (!commandLines().some((line) => line.includes(top))) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** What processes of this machine were started with; without this one. */
function commandLines(): string[] {
  if (Deno.build.os !== "linux") return [];
  return [...Deno.readDirSync("/proc")]
    .filter(({ name }) => /^\d+$/.test(name) && Number(name) !== Deno.pid)
    .map(({ name }) => {
      try {
        return Deno.readTextFileSync(`/proc/${name}/cmdline`);
      } catch {
        // it has ended meanwhile
        return "";
      }
    });
}
