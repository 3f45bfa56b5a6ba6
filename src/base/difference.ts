/**
 * Where two values that should be the same differ.
 *
 * @module
 */

/** A place at which two values differ. */
export interface Difference {
  /** Keys from the outside in, such as `models.0.input.2`. */
  readonly path: string;
  /** What one of them has there; undefined where it has nothing. */
  readonly before: unknown;
  /** What the other has there. */
  readonly after: unknown;
}

/**
 * The first place at which two values of JSON differ, keys in their order; null where they are the
 * same.
 *
 * @example
 * ```ts
 * import { firstDifference } from "./difference.ts";
 * import assert from "node:assert/strict";
 * assert.equal(firstDifference({ a: [1, 2] }, { a: [1, 2] }), null);
 * const found = firstDifference({ a: [1, 2], b: 1 }, { a: [1, 3] });
 * assert.deepEqual(found, { path: "a.1", before: 2, after: 3 });
 * ```
 */
export function firstDifference(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): Difference | null {
  if (
    !isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)
  ) {
    return Object.is(before, after) ? null : { path: path.join("."), before, after };
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const found = firstDifference(before[key], after[key], [...path, key]);
    if (found) return found;
  }
  return null;
}

/** A difference in words, such as `models.0.batch: 8 before, 4 now`. */
export function differenceText({ path, before, after }: Difference): string {
  return `${path}: ${shown(before)} before, ${shown(after)} now`;
}

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
