/**
 * Numbers that are the same but for rounding.
 *
 * @module
 */

/** Whether two numbers are the same but for rounding, or both are null. */
export function isClose(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Whether a count that was divided, and multiplied again, is one. */
export function isWhole(count: number): boolean {
  return Math.abs(count - Math.round(count)) <= 1e-9 * Math.max(1, Math.abs(count));
}
