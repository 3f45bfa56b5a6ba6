/**
 * What blocks so far allow to be said, look by look.
 *
 * A row is one model, one scope and one clock; a block gives each row one observation. Rows are
 * judged by Student's t over blocks: of a handful of observations a bootstrap cannot leave their
 * range and is too narrow (simulated: see `results/gate`). Looks are bounded by alpha spending, rows
 * by Holm's steps, so that the error rate is that of the whole gate.
 *
 * @module
 */

import { normalQuantile, normalShare } from "../../statistics/normal.ts";
import { studentQuantile } from "../../statistics/student_t.ts";
import { mean, standardDeviation } from "../../statistics/summary.ts";
import { upperBounds } from "../../statistics/group_sequential.ts";

/** One row, as far as it is known. */
export interface Row {
  /** Whether it must be shown not to be slower; of others a slow-down is only noticed. */
  readonly leading: boolean;
  /** Logarithms of new by base, one a block. */
  readonly effects: readonly number[];
  /** Logarithms of the base by itself, one a block. */
  readonly twins: readonly number[];
}

/** By what it is judged. */
export interface Rule {
  /** Chance in all, over rows and looks, to call something slower that is not. */
  readonly alpha: number;
  /** Chance to call a row as fast that is slower by what is tolerated. */
  readonly missed: number;
  /** Logarithm of the ratio from which on a slow-down is not tolerated. */
  readonly tolerated: number;
  /** Logarithm of the ratio below which an estimate is never called slower. */
  readonly floor: number;
}

/** What is said of a row. */
export type RowVerdict = "slower" | "as fast" | "open";

/** A row that was judged. */
export interface JudgedRow {
  /** What is said of it. */
  readonly verdict: RowVerdict;
  /** Mean logarithm of new by base. */
  readonly estimate: number;
  /** Lower bound of it, by which it is called slower. */
  readonly low: number;
  /** Upper bound of it, by which it is called as fast. */
  readonly high: number;
  /** Standard deviation between blocks of the base by itself. */
  readonly noise: number;
  /** Whether the base by itself would have been called slower or faster: the row is no evidence. */
  readonly twinFires: boolean;
  /** Whether all the blocks that are planned are not likely to say more. */
  readonly hopeless: boolean;
}

/** Fewest blocks of a look. */
export const FIRST_LOOK = 4;

/** Smallest nominal chance that a bound is drawn from: below it no row is called anything. */
const LEAST_CHANCE = 1e-12;

/**
 * Judges all rows at a look.
 *
 * @param rows all with as many blocks
 * @param planned blocks in all; every one from the fourth on is a look
 * @param final whether time is out, so that no look follows
 */
export function judge(
  rows: readonly Row[],
  planned: number,
  rule: Rule,
  final = false,
): JudgedRow[] {
  const blocks = rows[0]?.effects.length ?? 0;
  const looks = looksUntil(blocks, planned);
  const slower = holmSteps(rows, { looks, blocks, final }, rule);
  const equivalent = criticalT(rule.missed, { looks, blocks, final });
  const last = criticalT(rule.missed, {
    looks: looksUntil(planned, planned),
    blocks: planned,
    final: true,
  });
  // the same at every look, so that a base that differs from itself is found before anything is said
  // of what is new; of both directions, rows and looks each has its share of the chance
  const chance = rule.alpha / 2 / rows.length / (planned - FIRST_LOOK + 1);
  const blind = looks.length === 0 ? Infinity : studentQuantile(1 - chance, blocks - 1);
  return rows.map((row, i) => {
    const [estimate, error] = meanAndError(row.effects);
    const [twin, twinError] = meanAndError(row.twins);
    const high = estimate + equivalent * error;
    const twinFires = Math.abs(twin) >= rule.floor && Math.abs(twin) >= blind * twinError;
    const verdict = twinFires
      ? "open"
      : slower[i].slower
      ? "slower"
      : high < rule.tolerated && estimate < rule.floor
      ? "as fast"
      : "open";
    const half = last * error * Math.sqrt(blocks / planned);
    return {
      verdict,
      estimate,
      low: estimate - slower[i].critical * error,
      high,
      noise: twinError * Math.sqrt(blocks),
      twinFires,
      hopeless: verdict === "open" && blocks >= 2 * FIRST_LOOK - 1 &&
        Math.max(estimate, 0) + half / 2 > rule.tolerated && estimate - half < 0,
    };
  });
}

/** Where one stands: the looks so far, the last of them now. */
interface Look {
  /** Share of the information at each. */
  readonly looks: readonly number[];
  /** Blocks so far. */
  readonly blocks: number;
  /** Whether none follows. */
  readonly final: boolean;
}

/** Shares of the information at the looks so far. */
function looksUntil(blocks: number, planned: number): number[] {
  const looks: number[] = [];
  for (let n = FIRST_LOOK; n <= blocks; n++) looks.push(n / planned);
  return looks;
}

/**
 * Which rows are slower: each is tested with its share of the chance, and what a row that was found
 * had is shared by those that are left.
 */
function holmSteps(
  rows: readonly Row[],
  look: Look,
  { alpha, floor }: Rule,
): { slower: boolean; critical: number }[] {
  const found = rows.map(() => ({ slower: false, critical: Infinity }));
  for (let left = rows.length; left > 0;) {
    const critical = criticalT(alpha / left, look);
    const fresh = rows.flatMap(({ effects }, i) => {
      if (found[i].slower) return [];
      found[i].critical = critical;
      const [estimate, error] = meanAndError(effects);
      return estimate >= floor && estimate > critical * error ? [i] : [];
    });
    if (fresh.length === 0) break;
    for (const i of fresh) found[i].slower = true;
    left -= fresh.length;
  }
  return found;
}

/** The bounds of each chance and plan of looks: they are found by integrals, and asked for again. */
const KNOWN = new Map<string, number>();

/** Student's t that the last of some looks must reach; infinite where there is no look yet. */
function criticalT(alpha: number, { looks, blocks, final }: Look): number {
  if (looks.length === 0) return Infinity;
  const key = `${alpha} ${looks} ${final}`;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const bounds = upperBounds(alpha, looks, final);
  const chance = normalShare(-bounds[bounds.length - 1]);
  const critical = chance < LEAST_CHANCE ? Infinity : studentQuantile(1 - chance, blocks - 1);
  KNOWN.set(key, critical);
  return critical;
}

/** Mean of some values and its standard error. */
function meanAndError(values: readonly number[]): [number, number] {
  if (values.length < 2) return [values[0] ?? 0, Infinity];
  return [mean(values), standardDeviation(values) / Math.sqrt(values.length)];
}

/**
 * Rounds after which a slow-down of 0.6 of what is tolerated is found nearly always, by the noise of
 * the base by itself: what is new beside the mean of two processes has three quarters of the variance
 * of one beside another.
 */
export function roundsFor(rows: readonly Row[], { alpha, missed, tolerated }: Rule): number {
  const wanted = 0.6 * tolerated / (normalQuantile(1 - alpha) + normalQuantile(1 - missed));
  const noise = Math.max(
    ...rows.filter(({ leading }) => leading).map(({ twins }) => standardDeviation(twins)),
  );
  // by fours: the bounds of each plan take a while to find
  return 4 * Math.ceil(0.75 * (noise / wanted) ** 2 / 4);
}

/** Blocks of a confirmation, all of them fresh. */
export const CONFIRMING = 3;

/** Most of them: more are added one by one while they do not confirm. */
export const MOST_CONFIRMING = 6;

/**
 * Whether fresh blocks confirm that a row is slower: their own estimate is above the floor, and
 * above nothing by Student's t at one-sided 10 %; the looks before have called it slower already, at
 * the whole chance of a false alarm, which no confirmation can make larger.
 */
export function confirms({ effects }: Row, { floor }: Rule): boolean {
  const [estimate, error] = meanAndError(effects);
  return estimate >= floor && estimate > studentQuantile(0.9, effects.length - 1) * error;
}
