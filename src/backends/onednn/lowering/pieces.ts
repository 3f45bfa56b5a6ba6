/**
 * What is cut in pieces, so that threads can take them in turn.
 *
 * @module
 */

/** Neighbouring lines. */
export interface Piece {
  /** The first of them. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

/** 0 to `count` - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** All parts of something; undefined where one is. */
export function allOrNone<T>(parts: readonly (T | undefined)[]): T[] | undefined {
  const found = parts.filter((part) => part !== undefined);
  return found.length === parts.length ? found : undefined;
}

/** Elements of a pass over memory that are worth a piece of their own: some 20 microseconds. */
export const WORTH_A_PIECE: number = 1 << 16;

/** Pieces a thread: finer ones cost more than they gain, even beside a busy program. */
const PER_THREAD = 4;

/**
 * Lines in pieces of about the same size.
 *
 * @param work of all lines, in any unit
 * @param least work that is worth a piece of its own, in the same unit
 */
export function piecesOf(lines: number, work: number, least: number, threads: number): Piece[] {
  const most = Math.min(lines, Math.floor(work / least), threads * PER_THREAD);
  const count = Math.ceil(lines / Math.max(1, most));
  return Array.from({ length: Math.ceil(lines / count) }, (_, i) => ({
    first: i * count,
    count: Math.min(count, lines - i * count),
  }));
}
