/**
 * Lets each call that writes or reads fail once, in every command:
 * `deno run -A benchmarks/faults/faults.ts [--only run,train] [--most 24] [--seed 1]`.
 *
 * A command is run undisturbed, and its calls to the system are counted. Then it is run again and
 * again, each time with one call that fails; of many calls each kind of call on each kind of file is
 * taken, and then others by chance. It must end with a documented code and say what failed, where and
 * what to do; what it leaves under its final name must be whole; and the same command run afterwards
 * must leave the files of an undisturbed run and nothing else. A report of each command goes to
 * `results/faults/`.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "../../src/base/atomic.ts";
import { random } from "../../src/base/random.ts";
import { writeError } from "../../src/cli/terminal.ts";
import { buildShim } from "./shim.ts";
import { faultsOf, type Tried } from "./try_faults.ts";
import { openWorkplace, WORKS } from "./works.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    most: { type: "string", default: "24" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: join(import.meta.dirname!, "../../results/faults") },
  },
});
const names = values.only?.split(",") ?? WORKS.map(({ name }) => name);
const works = WORKS.filter(({ name }) => names.includes(name));
using place = await openWorkplace(names);
const shim = buildShim(place.top);
if (shim.path === null) throw new Error(shim.problem);
let faulty = 0;
for (const work of works) {
  const draw = random(Number(values.seed), work.name);
  const { calls, tried } = await faultsOf(place, work, shim.path, {
    most: Number(values.most),
    draw,
    onTried: ({ call, failure, code, faults }: Tried) =>
      writeError(`${work.name}: ${call}: ${failure}: ${code} ${faults.join("; ")}\n`),
  });
  const bad = tried.filter(({ faults }) => faults.length > 0).length;
  faulty += bad;
  const report = { command: work.name, seed: Number(values.seed), calls, faulty: bad, tried };
  Deno.mkdirSync(values.out, { recursive: true });
  writeAtomically(join(values.out, `${work.name}.json`), [`${JSON.stringify(report, null, 2)}\n`]);
}
Deno.exitCode = faulty > 0 ? 1 : 0;
