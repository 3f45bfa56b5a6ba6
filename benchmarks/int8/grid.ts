/**
 * Grids of eight bits: which numbers a tensor may hold once it is quantised.
 *
 * @module
 */

/** The numbers `scale * i` for whole `i` from `low` to `high`. */
export interface Grid {
  /** Distance of two neighbours. */
  readonly scale: number;
  /** Smallest index: 0 for uint8, -127 for int8, so that zero is in the middle. */
  readonly low: number;
  /** Largest index. */
  readonly high: number;
}

/** A grid that reaches to `largest`: uint8 where nothing is negative, else int8. */
export function gridFor(largest: number, signed: boolean): Grid {
  const [low, high] = signed ? [-127, 127] : [0, 255];
  // a tensor of zeros: any distance does
  return { scale: Math.fround((largest || 1) / high), low, high };
}

/** The nearest number of a grid, of two that are as near the one with the even index. */
export function onGrid(x: number, { scale, low, high }: Grid): number {
  return Math.fround(scale * Math.min(high, Math.max(low, nearestEven(x * reciprocal(scale)))));
}

/** What single precision divides by a scale with. */
export function reciprocal(scale: number): number {
  return Math.fround(1 / scale);
}

/** The nearest whole number, of two that are as near the even one. */
export function nearestEven(x: number): number {
  const down = Math.floor(x);
  const over = x - down;
  return over < 0.5 || (over === 0.5 && down % 2 === 0) ? down : down + 1;
}
