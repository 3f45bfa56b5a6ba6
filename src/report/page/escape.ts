/**
 * Text that is put into HTML.
 *
 * @module
 */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text in which nothing is markup, in elements and in quoted attributes.
 *
 * @example
 * ```ts
 * import { escaped } from "./escape.ts";
 * import assert from "node:assert/strict";
 * assert.equal(escaped(`a<b "c"`), "a&lt;b &quot;c&quot;");
 * ```
 */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => ENTITIES[one]);
}

/** JSON for a data block: nothing in it can end the block. */
export function dataJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** A text as a part of an id: small letters, digits and dashes. */
export function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "") || "part";
}
