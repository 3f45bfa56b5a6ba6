/**
 * Gates simulated over noise that was recorded: how often one fires that should not, and how often
 * one catches a slow-down of each size.
 *
 * ```sh
 * deno run --allow-read benchmarks/gate/simulate.ts GATES NOISE.jsonl... > simulation.json
 * ```
 *
 * A block is drawn from those of the recording with replacement, who of its three processes was the
 * base, its twin and the new one anew each time, and the slow-down put on the new one. Where all
 * threads are slower, both clocks see it whole; where one of two is, processor time sees half; where
 * one only waits, nothing. A round takes as long as its blocks took up to the last cycle that the
 * gate would have run. Rounds, looks, confirmation and budget are the gate's own code.
 *
 * @module
 */

import { UndecidedError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { shuffled } from "../../src/base/shuffled.ts";
import type { BlockRuns } from "../../src/gate/time/block.ts";
import { goThroughRounds, type Observation, type RoundKind } from "../../src/gate/time/rounds.ts";
import { observationsOf } from "../../src/gate/time/run_time.ts";
import { CYCLES, DEFAULT_RULE, FEWEST_CYCLES, MOST_ROUNDS } from "../../src/gate/time/defaults.ts";
import { type Role, ROLES } from "../../src/gate/time/roles.ts";
import { CLOCKS } from "../../src/gate/time/contrasts.ts";
import { standardDeviation } from "../../src/statistics/summary.ts";
import { exactInterval } from "../../src/statistics/binomial.ts";

/** A line of a recording. */
interface Recorded extends BlockRuns {
  readonly model: string;
  readonly seconds: number;
}

/** What one block may have been, had its processes had other roles. */
interface Possible {
  readonly seconds: number;
  readonly assigned: readonly (readonly Observation[])[];
}

const SLOWER = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2];
/** Share of a slow-down that each clock sees, of two threads: by what makes it slower. */
const KINDS = {
  "all threads": { processor: 1, elapsed: 1 },
  "one thread": { processor: 0.5, elapsed: 1 },
  waiting: { processor: 0, elapsed: 1 },
} as const;
const MINUTES = 10;

const [gates, ...files] = Deno.args;
const lines = files.flatMap((file) =>
  Deno.readTextFileSync(file).trim().split("\n").map((line): Recorded => JSON.parse(line))
);
const pools = new Map<string, { readonly unhurried: Possible; readonly hurried: Possible }[]>();
for (const block of lines) {
  const pool = pools.get(block.model) ?? [];
  pool.push({
    unhurried: possible(cut(block, CYCLES)),
    hurried: possible(cut(block, FEWEST_CYCLES)),
  });
  pools.set(block.model, pool);
}

const rows = [await simulate(0, "all threads")];
for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
  for (const slowerBy of SLOWER) rows.push(await simulate(slowerBy, kind));
}
const noise = [...new Set(lines.map(({ model }) => model))].flatMap((model) =>
  [FEWEST_CYCLES, CYCLES].flatMap((cycles) => {
    const observed = lines.filter((one) => one.model === model)
      .filter(({ scopes: [{ runs }] }) => runs.length >= ROLES.length * cycles)
      .flatMap((one) => assignments(cut(one, cycles)).flat());
    return CLOCKS.flatMap((clock) => {
      const effects = observed.filter((one) => one.clock === clock).map(({ effect }) => effect);
      return effects.length > 1
        ? [{ model, cycles, clock, deviation: standardDeviation(effects) }]
        : [];
    });
  })
);
const blocks = Object.fromEntries([...pools].map(([model, { length }]) => [model, length]));
// deno-lint-ignore no-console
console.log(
  JSON.stringify(
    { budgetMinutes: MINUTES, blocks, noise, rule: DEFAULT_RULE, rows },
    null,
    2,
  ),
);

/** Gates of one slow-down. */
async function simulate(slowerBy: number, kind: keyof typeof KINDS) {
  const counts = { pass: 0, slower: 0, undecided: 0 };
  const minutes: number[] = [];
  for (let gate = 0; gate < Number(gates); gate++) {
    const draw = random(gate, "gate", slowerBy, kind);
    let now = 0;
    const round = ({ hurried }: RoundKind): Promise<Observation[]> => {
      const observed: Observation[] = [];
      for (const pool of pools.values()) {
        const block = pool[draw.integer(pool.length)];
        const { seconds, assigned } = hurried ? block.hurried : block.unhurried;
        now += seconds;
        for (const one of assigned[draw.integer(assigned.length)]) {
          const added = Math.log1p(slowerBy * KINDS[kind][one.clock]);
          observed.push({ ...one, effect: one.effect + added });
        }
      }
      return Promise.resolve(observed);
    };
    const plan = { rule: DEFAULT_RULE, rounds: MOST_ROUNDS, budget: MINUTES * 60 };
    try {
      const { verdict } = await goThroughRounds(round, plan, () => now);
      counts[verdict]++;
    } catch (error) {
      if (!(error instanceof UndecidedError)) throw error;
      // the first rounds took so long that the budget had no room
      counts.undecided++;
    }
    minutes.push(now / 60);
  }
  minutes.sort((a, b) => a - b);
  const { low, high } = exactInterval(counts.slower, minutes.length);
  return {
    slowerBy,
    kind,
    gates: minutes.length,
    ...counts,
    share: counts.slower / minutes.length,
    interval: [low, high],
    minutes: { median: minutes[minutes.length >> 1], most: minutes[minutes.length - 1] },
  };
}

function possible(block: Recorded): Possible {
  return { seconds: block.seconds, assigned: assignments(block) };
}

/** A block of fewer cycles, as long as it would have taken. */
function cut(block: Recorded, cycles: number): Recorded {
  const runs = ROLES.length * cycles;
  let { seconds } = block;
  const scopes = block.scopes.map((one) => {
    for (const { elapsed } of one.runs.slice(runs)) seconds -= elapsed;
    return { ...one, runs: one.runs.slice(0, runs) };
  });
  return { ...block, seconds, scopes };
}

/** A block under each of the six ways in which its processes can have been the three roles. */
function assignments(block: Recorded): Observation[][] {
  const found = new Map<string, Observation[]>();
  const draw = random(1, "assignments");
  while (found.size < 6) {
    const roles = shuffled(ROLES, draw);
    const renamed = (role: Role) => roles[ROLES.indexOf(role)];
    const scopes = block.scopes.map(({ scope, runs }) => ({
      scope,
      runs: runs.map((run) => ({ ...run, role: renamed(run.role) })),
    }));
    found.set(roles.join(), observationsOf(block.model, { ...block, scopes }));
  }
  return [...found.values()];
}
