/**
 * Where the stacks of slices lie that a 3D model sees one after another.
 *
 * @module
 */

import { refusal } from "./refusal.ts";

/**
 * What may fill a stack that reaches past the end of a scan. `zeros`: nothing but them. `repeat`: the
 * slices of a scan that is shorter than a stack, each several times; zeros behind longer ones.
 * `shift`: slices of the scan always; that of a longer one begins earlier, to end where the scan does.
 */
export const FILLINGS = ["zeros", "repeat", "shift"] as const;

/** What fills a stack that reaches past the end of a scan. */
export type Filling = typeof FILLINGS[number];

/** The paper's: zeros. */
export const DEFAULT_FILLING: Filling = "zeros";

/** Whether zeros stand behind the last slice of every scan that stacks reach beyond. */
export function endsInZeros(filling: Filling = DEFAULT_FILLING): boolean {
  return filling === "zeros";
}

/** One stack: slices [start, start + size) of a scan; those past its end are padding. */
export interface StackWindow {
  /** First slice. */
  readonly start: number;
  /** One past the last slice that is no padding. */
  readonly stop: number;
  /** Slices of padding behind them. */
  readonly padded: number;
  /**
   * The slice that stands at each place, in order, where a short scan fills the stack with its slices
   * repeated; absent where they stand once.
   */
  readonly repeated?: readonly number[];
}

/**
 * Overlapping slices of a factor: round(factor * size), halves away from zero.
 *
 * @param factor at least 0, below 1
 *
 * @example
 * ```ts
 * import { overlapOf } from "./stacks.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([0, 0.375, 0.625].map((factor) => overlapOf(factor, 32)), [0, 12, 20]);
 * ```
 */
export function overlapOf(factor: number, size: number): number {
  const overlap = Math.round(factor * size);
  if (factor >= 0 && overlap < size) return overlap;
  throw refusal(
    "bad-stacks",
    `The overlap factor ${factor} leaves no stride between stacks of ${size} slices.`,
    "It must be at least 0 and below 1.",
  );
}

/**
 * The stacks that cover a scan: one if it fits, else ceil((slices - size) / stride) + 1, each
 * `stride = size - overlap` further on, and the last one where the filling wants it.
 *
 * @param slices of the scan, at least 1
 * @param size slices a stack
 * @param overlap slices two neighbours share, below `size`
 * @param filling what fills a stack that reaches past the end: zeros, or, of a scan that has less than
 *   `size` slices, slice floor(i * slices / size) at place i (`repeat`, `shift`), or, of a longer one,
 *   the slices before (`shift`)
 * @throws InputError for numbers that make no stacks
 *
 * @example
 * ```ts
 * import { stackWindows } from "./stacks.ts";
 * import assert from "node:assert/strict";
 * const stacks = stackWindows(601, 32, 20);
 * assert.equal(stacks.length, 49);
 * assert.deepEqual(stacks.at(-1), { start: 576, stop: 601, padded: 7 });
 * assert.deepEqual(stackWindows(2, 5, 0, "repeat"),
 *   [{ start: 0, stop: 2, padded: 0, repeated: [0, 0, 0, 1, 1] }]);
 * assert.deepEqual(stackWindows(7, 5, 0, "shift").at(-1), { start: 2, stop: 7, padded: 0 });
 * ```
 */
export function stackWindows(
  slices: number,
  size: number,
  overlap = 0,
  filling: Filling = DEFAULT_FILLING,
): StackWindow[] {
  requireLegal(slices, size, overlap);
  if (!endsInZeros(filling) && slices < size) {
    const repeated = Array.from({ length: size }, (_, at) => Math.floor(at * slices / size));
    return [{ start: 0, stop: slices, padded: 0, repeated }];
  }
  const stride = size - overlap;
  const count = slices <= size ? 1 : Math.ceil((slices - size) / stride) + 1;
  return Array.from({ length: count }, (_, index) => {
    const start = filling === "shift" ? Math.min(index * stride, slices - size) : index * stride;
    const stop = Math.min(slices, start + size);
    return { start, stop, padded: start + size - stop };
  });
}

/**
 * How many slices of the last stack of a scan are zeros, where that can cost accuracy: in the only stack
 * of a short scan, and where they are more than a quarter of it
 * (`results/covid-ct-seg20-long/README.md`); else 0.
 *
 * @example
 * ```ts
 * import { costlyZeros } from "./stacks.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([33, 56, 31].map((slices) => costlyZeros(slices, 32)), [31, 0, 1]);
 * assert.equal(costlyZeros(33, 32, 0, "shift"), 0);
 * ```
 */
export function costlyZeros(...stacks: Parameters<typeof stackWindows>): number {
  const [slices, size] = stacks;
  const { padded } = stackWindows(...stacks).at(-1)!;
  return slices < size || 4 * padded > size ? padded : 0;
}

/** The slice that stands at each place of a stack, in order; none where there is padding. */
export function slicesOf({ start, stop, repeated }: StackWindow): readonly number[] {
  return repeated ?? Array.from({ length: stop - start }, (_, place) => start + place);
}

function requireLegal(slices: number, size: number, overlap: number): void {
  const legal = [slices, size, overlap].every(Number.isInteger) && slices >= 1 && size >= 1 &&
    overlap >= 0 && overlap < size;
  if (!legal) {
    throw refusal(
      "bad-stacks",
      `${slices} slices cannot be cut into stacks of ${size} that share ${overlap} slices.`,
      "Slices and stack size are whole numbers from 1; the overlap is at least 0 and smaller than " +
        "the stack.",
    );
  }
}
