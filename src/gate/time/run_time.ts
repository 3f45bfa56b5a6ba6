/**
 * The time layer: rounds of blocks of live processes.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import type { BlockPlan, BlockProcess, BlockRuns } from "./block.ts";
import { runBlock } from "./block.ts";
import { CLOCKS, contrasts } from "./contrasts.ts";
import type { Role } from "./roles.ts";
import {
  goThroughRounds,
  type Observation,
  type RoundKind,
  type RoundsOutcome,
  type RoundsPlan,
} from "./rounds.ts";

/** A model whose time is gated. */
export interface GatedModel {
  /** Its key. */
  readonly key: string;
  /** Starts the process of a role. */
  open(role: Role): Promise<BlockProcess>;
}

/** A block that ran. */
export interface RecordedBlock extends BlockRuns {
  /** Its model. */
  readonly model: string;
  /** Whether it confirms what was found before it. */
  readonly confirming: boolean;
}

/** What the time layer found. */
export interface TimeOutcome extends RoundsOutcome {
  /** All that ran. */
  readonly blocks: readonly RecordedBlock[];
}

/** What else is needed. */
export interface TimeContext {
  /** Random numbers of all orders. */
  readonly draw: Random;
  /** Seconds since some fixed moment. */
  readonly clock: () => number;
  /** Told how many rounds are left at most, once it is planned. */
  readonly onPlanned: (left: number) => void;
  /** Told after each block. */
  readonly onBlock: (model: string) => void;
  /** Stops it between two runs. */
  readonly signal: AbortSignal;
}

/**
 * Runs rounds, each a block of every model.
 *
 * @throws UndecidedError where the budget has no room; what a process that fails throws
 */
export async function runTime(
  models: readonly GatedModel[],
  plan: RoundsPlan & {
    /** What each process runs, unhurried and hurried. */
    readonly block: (hurried: boolean) => BlockPlan;
  },
  { draw, clock, onPlanned, onBlock, signal }: TimeContext,
): Promise<TimeOutcome> {
  const blocks: RecordedBlock[] = [];
  const round = async ({ confirming, hurried }: RoundKind) => {
    const observed: Observation[] = [];
    for (const { key: model, open } of models) {
      const runs = await runBlock(open, plan.block(hurried), draw, signal);
      blocks.push({ model, confirming, ...runs });
      observed.push(...observationsOf(model, runs));
      onBlock(model);
    }
    return observed;
  };
  return { ...await goThroughRounds(round, plan, clock, onPlanned), blocks };
}

/**
 * What a block says of each scope and clock. Processor time leads where the system tells it: on
 * shared cores it is several times less noisy, and says what the program does. The time that passed
 * stands beside it, since what only waits shows in nothing else.
 */
export function observationsOf(model: string, { scopes }: BlockRuns): Observation[] {
  return scopes.flatMap(({ scope, runs }) => {
    const found = CLOCKS.flatMap((clock) => {
      const one = contrasts(runs, clock);
      return one ? [{ model, scope, clock, ...one }] : [];
    });
    return found.map((one, i) => ({ ...one, leading: i === 0 }));
  });
}
