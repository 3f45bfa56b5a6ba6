/**
 * Strings of files, so that they can do no harm in any format: results come from anywhere, and a
 * name in them may hold control characters, or marks that turn the text around it.
 *
 * Markup is not looked at here; each format escapes what it must.
 *
 * @module
 */

/** Control characters, lone surrogates, and what orders or joins text without being seen. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Co}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** Letters of scripts that run from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Begins and ends a piece of text that orders nothing outside of itself. */
const [ISOLATE, END] = ["\u2068", "\u2069"];

/**
 * A text in which what cannot be seen is told by its number, and which turns nothing around it.
 *
 * @example
 * ```ts
 * import { tameText } from "./tame.ts";
 * import assert from "node:assert/strict";
 * assert.equal(tameText("a\u202eb\u0000"), "a\\u202eb\\u0000");
 * assert.equal(tameText("two\nlines"), "two lines");
 * ```
 */
export function tameText(text: string): string {
  const seen = text.replaceAll(/[\t\n\r]+/g, " ").replaceAll(
    UNSEEN,
    (unseen) => `\\u${unseen.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
  return RIGHT_TO_LEFT.test(seen) ? ISOLATE + seen + END : seen;
}

/** A JSON value with all its strings tamed, keys too. */
export function tame<T>(value: T): T {
  if (typeof value === "string") return tameText(value) as T;
  if (Array.isArray(value)) return value.map(tame) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [tameText(key), tame(inner)]),
  ) as T;
}
