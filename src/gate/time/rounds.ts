/**
 * Rounds of observations until something can be said, or the budget is spent.
 *
 * Where an observation comes from is not known here: a gate runs blocks, a simulation draws them.
 *
 * @module
 */

import { UndecidedError } from "../../base/errors.ts";
import type { RunScope } from "../../bench/run_scopes.ts";
import type { Contrasts, GateClock } from "./contrasts.ts";
import {
  CONFIRMING,
  confirms,
  FIRST_LOOK,
  judge,
  type JudgedRow,
  MOST_CONFIRMING,
  roundsFor,
  type Row,
  type Rule,
} from "./judge.ts";

/** What one block says of one row. */
export interface Observation extends Contrasts {
  /** Its model. */
  readonly model: string;
  /** What was run. */
  readonly scope: RunScope;
  /** By which clock. */
  readonly clock: GateClock;
  /** Whether the row must be shown not to be slower. */
  readonly leading: boolean;
}

/** How long, and by what rule. */
export interface RoundsPlan {
  /** By what rows are judged. */
  readonly rule: Rule;
  /** Seconds that may pass. */
  readonly budget: number;
  /** Most rounds before a confirmation. */
  readonly rounds: number;
}

/** A row at the end. */
export interface TimedRow extends JudgedRow, Pick<Observation, "model" | "scope" | "clock"> {
  /** Whether it must be shown not to be slower. */
  readonly leading: boolean;
  /** Blocks that it rests on. */
  readonly blocks: number;
  /** Whether fresh blocks confirmed it; null where that was not asked. */
  readonly confirmed: boolean | null;
}

/** What is said of all rows. */
export type TimeVerdict = "pass" | "slower" | "undecided";

/** What the rounds came to. */
export interface RoundsOutcome {
  /** What is said. */
  readonly verdict: TimeVerdict;
  /** Why, in words. */
  readonly reason: string;
  /** What would help; null where nothing must. */
  readonly advice: string | null;
  /** Rounds that were planned when the first ones had told how long one takes. */
  readonly planned: number;
  /** The rows. */
  readonly rows: readonly TimedRow[];
}

/** Rounds that should fit at least: where they do not, blocks are shorter from then on. */
const COMFORTABLE = 8;

/** Rounds after which it is known how many fit. */
const PACED_BY = 2;

/** Rounds that are planned at least, where there is room. */
const FEWEST_PLANNED = 12;

/** What would help where the machine is too noisy. */
const QUIETER = "end what else runs on this machine, or give it longer (--budget MINUTES)";

/** What one round is like. */
export interface RoundKind {
  /** Whether it confirms what was found before it. */
  readonly confirming: boolean;
  /** Whether its blocks are to be short, since few would fit into the budget. */
  readonly hurried: boolean;
}

/**
 * Goes through rounds.
 *
 * How many there are, and how long, follows from how long they take and from how much the base differs
 * from itself in the first ones; from nothing that they say of what is new.
 *
 * @param round observes every row once, in fresh processes
 * @param clock seconds since some fixed moment
 * @param onPlanned told once how many rounds are left at most, where the first ones say too little
 * @throws UndecidedError where the budget has no room for the fewest rounds
 */
export async function goThroughRounds(
  round: (kind: RoundKind) => Promise<readonly Observation[]>,
  plan: RoundsPlan,
  clock: () => number,
  onPlanned: (left: number) => void = () => {},
): Promise<RoundsOutcome> {
  const start = clock();
  let planned = plan.rounds;
  let room = plan.rounds;
  let hurried = false;
  let first = 0;
  let observed: readonly Observation[][] = [];
  let judged: JudgedRow[] = [];
  for (let done = 1; done <= planned; done++) {
    observed = withRound(observed, await round({ confirming: false, hurried }));
    const passed = clock() - start;
    if (done < PACED_BY) first = passed;
    // the first round alone reads programs from a cold disk
    const pace = done < PACED_BY ? first : (passed - first) / (done - 1);
    const fit = done + Math.floor((plan.budget - passed) / pace) - CONFIRMING;
    if (done < PACED_BY) hurried = fit < COMFORTABLE;
    if (done === PACED_BY) {
      if (fit < FIRST_LOOK) throw noRoom(plan.budget, pace);
      room = Math.min(fit, plan.rounds);
      planned = room;
    }
    // before anything is said of what is new, and by nothing that depends on it
    if (done === FIRST_LOOK) {
      planned = Math.min(room, Math.max(FEWEST_PLANNED, roundsFor(observed.map(rowOf), plan.rule)));
    }
    // a round may take longer than it seemed
    const final = done >= FIRST_LOOK && fit <= done;
    judged = judge(observed.map(rowOf), planned, plan.rule, final);
    if (final || isOver(observed.map(rowOf), judged, plan.rule)) break;
    if (done === FIRST_LOOK) onPlanned(planned - done);
  }
  let fresh: readonly Observation[][] = [];
  if (judged.some(({ verdict }) => verdict === "slower") && !isBlind(observed.map(rowOf), judged)) {
    const suspects = judged.flatMap(({ verdict }, i) => verdict === "slower" ? [i] : []);
    const isConfirmed = () => suspects.some((i) => confirms(rowOf(fresh[i]), plan.rule));
    for (let done = 0; done < MOST_CONFIRMING; done++) {
      if (done >= CONFIRMING && (isConfirmed() || clock() - start >= plan.budget)) break;
      fresh = withRound(fresh, await round({ confirming: true, hurried }));
    }
  }
  const rows = observed.map((all, i): TimedRow => {
    const [{ model, scope, clock, leading }] = all;
    const confirmed = fresh.length > 0 && judged[i].verdict === "slower"
      ? confirms(rowOf(fresh[i]), plan.rule)
      : null;
    return { model, scope, clock, leading, blocks: all.length, ...judged[i], confirmed };
  });
  return { ...conclusion(rows), planned, rows };
}

/** Rows with one more observation each. */
function withRound(
  before: readonly Observation[][],
  round: readonly Observation[],
): readonly Observation[][] {
  return round.map((one, i) => [...before[i] ?? [], one]);
}

function rowOf(all: readonly Observation[]): Row {
  return {
    leading: all[0].leading,
    effects: all.map(({ effect }) => effect),
    twins: all.map(({ twin }) => twin),
  };
}

/** The error of a budget that has no room for the fewest rounds and their confirmation. */
function noRoom(budget: number, pace: number): UndecidedError {
  const needed = Math.ceil(pace * (COMFORTABLE + CONFIRMING) / 60);
  return new UndecidedError(
    `a round of fresh processes takes ${pace.toFixed(0)} s here: ${(budget / 60).toFixed(0)} ` +
      `minutes have no room for the ${FIRST_LOOK + CONFIRMING} that it takes to say anything`,
    { advice: `give it at least ${needed} minutes (--budget ${needed}), or fewer models` },
  );
}

function isOver(
  rows: readonly Row[],
  judged: readonly JudgedRow[],
  { floor }: Rule,
): boolean {
  if (judged.some(({ verdict }) => verdict === "slower") || isBlind(rows, judged)) return true;
  const open = rows.map((row, i) => ({ ...row, ...judged[i] })).filter((row) =>
    row.verdict === "open" && (row.leading || row.estimate >= floor)
  );
  // one that does not lead is looked at for as long as it seems slower and more may show it
  return open.every(({ leading, hopeless }) => !leading && hopeless) ||
    open.some(({ leading, hopeless }) => leading && hopeless);
}

/** Whether the base differs from itself where it must not: of other rows only that row is lost. */
function isBlind(rows: readonly Row[], judged: readonly JudgedRow[]): boolean {
  return judged.some(({ twinFires }, i) => twinFires && rows[i].leading);
}

function conclusion(
  rows: readonly TimedRow[],
): Pick<RoundsOutcome, "verdict" | "reason" | "advice"> {
  const names = (those: readonly TimedRow[]) =>
    those.map(({ model, scope, clock }) => `${model}, ${scope}, by ${clock} time`).join("; ");
  const noisy = rows.filter(({ leading, twinFires }) => leading && twinFires);
  if (noisy.length > 0) {
    return {
      verdict: "undecided",
      reason: `the base differs from itself here (${names(noisy)})`,
      advice: QUIETER,
    };
  }
  const slower = rows.filter(({ confirmed }) => confirmed);
  if (slower.length > 0) {
    return { verdict: "slower", reason: `slower: ${names(slower)}`, advice: null };
  }
  const doubtful = rows.filter(({ confirmed }) => confirmed === false);
  if (doubtful.length > 0) {
    return {
      verdict: "undecided",
      reason: `a slow-down was not seen again in fresh processes (${names(doubtful)})`,
      advice: QUIETER,
    };
  }
  const open = rows.filter(({ leading, verdict }) => leading && verdict !== "as fast");
  if (open.length > 0) {
    return {
      verdict: "undecided",
      reason: `too noisy to say within the budget (${names(open)})`,
      advice: QUIETER,
    };
  }
  return { verdict: "pass", reason: "as fast as the base", advice: null };
}
