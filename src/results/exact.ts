/**
 * Values against schemas, with keys that the schema does not know told apart from broken rules.
 *
 * @module
 */

import type * as z from "zod";

/** What a check found. */
export type Checked<T> =
  | { readonly data: T; readonly unknown: readonly string[] }
  | { readonly problems: readonly string[] };

/** Problems that one error lists. */
const LISTED = 5;

/**
 * Checks a value. What is returned has every key that the value has.
 *
 * @param schema objects in it drop keys they do not know (`z.object`)
 *
 * @example
 * ```ts
 * import { check } from "./exact.ts";
 * import assert from "node:assert/strict";
 * import * as z from "zod";
 * const schema = z.object({ a: z.array(z.object({ b: z.number() })) });
 * const value = { a: [{ b: 1, c: 2 }] };
 * assert.deepEqual(check(schema, value), { data: value, unknown: ["a.0.c"] });
 * ```
 */
export function check<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    return {
      problems: issues.slice(0, LISTED).map(({ path, message }) => `${path.join(".")}: ${message}`),
    };
  }
  // the schema changes nothing but for the keys that it drops
  return { data: value as T, unknown: [...missingKeys(value, parsed.data, "")] };
}

/** Paths of the keys of a value that a part of it lacks. */
function* missingKeys(value: unknown, part: unknown, path: string): Generator<string> {
  if (!isObject(value) || !isObject(part)) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (Object.hasOwn(part, key)) yield* missingKeys(inner, part[key], at);
    else yield at;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
