/**
 * A block: three fresh processes alive at once, which run in turn, one at a time.
 *
 * Runs that are neighbours in time share the state of the machine, and so their ratio is far less
 * noisy than either. What a process keeps all its life, its memory layout above all, they do not
 * share: therefore the block, and not the run, is the unit of what is concluded.
 *
 * @module
 */

import { throwIfInterrupted } from "../../base/interruption.ts";
import type { Random } from "../../base/random.ts";
import { shuffled } from "../../base/shuffled.ts";
import type { RunScope } from "../../bench/run_scopes.ts";
import type { RunSeconds, TimedMoment } from "../../bench/timing_session.ts";
import { type Activity, activityBetween, cpuFacts } from "../../platform/mod.ts";
import { balancedOrders, type Role, ROLES } from "./roles.ts";

/** A process of a block. */
export interface BlockProcess {
  /** One run. */
  run(scope: RunScope): Promise<RunSeconds>;
  /** How it is doing. */
  moment(): Promise<TimedMoment>;
  /** Ends it. */
  close(): Promise<void>;
}

/** One run of a block. */
export interface BlockRun extends RunSeconds {
  /** Whose. */
  readonly role: Role;
}

/** The runs of one scope, three a cycle, in the order in which they ran. */
export interface ScopeRuns {
  /** What they are of. */
  readonly scope: RunScope;
  /** The runs. */
  readonly runs: readonly BlockRun[];
}

/** What a block found. */
export interface BlockRuns {
  /** The runs, a scope each. */
  readonly scopes: readonly ScopeRuns[];
  /** What others did meanwhile; null where the system does not tell. */
  readonly activity: Activity | null;
}

/** What a block runs. */
export interface BlockPlan {
  /** Cycles of each scope, in order. */
  readonly cycles: readonly { readonly scope: RunScope; readonly cycles: number }[];
  /** Runs of each process before the first that counts, of each scope. */
  readonly warmup: number;
}

/**
 * Runs a block.
 *
 * @param open starts the process of a role
 * @param draw random numbers of its orders
 * @throws what a process that fails throws; the reason of the signal. All processes are ended then
 */
export async function runBlock(
  open: (role: Role) => Promise<BlockProcess>,
  { cycles, warmup }: BlockPlan,
  draw: Random,
  signal: AbortSignal,
): Promise<BlockRuns> {
  const processes = new Map<Role, BlockProcess>();
  try {
    for (const role of shuffled(ROLES, draw)) {
      await throwIfInterrupted(signal);
      processes.set(role, await open(role));
    }
    const before = await momentsOf(processes);
    const scopes: ScopeRuns[] = [];
    for (const { scope, cycles: count } of cycles) {
      for (let i = 0; i < warmup; i++) {
        for (const role of ROLES) await processes.get(role)!.run(scope);
      }
      const runs: BlockRun[] = [];
      for (const order of balancedOrders(count, draw)) {
        for (const role of order) {
          await throwIfInterrupted(signal);
          runs.push({ role, ...await processes.get(role)!.run(scope) });
        }
      }
      scopes.push({ scope, runs });
    }
    const after = await momentsOf(processes);
    return { scopes, activity: activityOf(before, after) };
  } finally {
    for (const process of processes.values()) await process.close();
  }
}

async function momentsOf(processes: ReadonlyMap<Role, BlockProcess>): Promise<TimedMoment[]> {
  const moments: TimedMoment[] = [];
  for (const role of ROLES) moments.push(await processes.get(role)!.moment());
  return moments;
}

/** What ran besides the three: the machine's time, less what all of them had. */
function activityOf(
  before: readonly TimedMoment[],
  after: readonly TimedMoment[],
): Activity | null {
  const [first, last] = [before[0].cpu, after[after.length - 1].cpu];
  if (first === null || last === null) return null;
  const own = (moments: readonly TimedMoment[]) =>
    moments.reduce((sum, { cpu }) => sum + (cpu?.own ?? 0), 0);
  return activityBetween(
    { ...first, own: own(before) },
    { ...last, own: own(after) },
    cpuFacts().cores,
  );
}
