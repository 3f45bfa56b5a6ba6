/**
 * Text of strangers made harmless for a terminal.
 *
 * @module
 */

/**
 * Control characters, which move the cursor and more; characters that reorder or hide what stands
 * beside them; halves of pairs. The end of a line and a tab are none of them.
 */
const ACTIVE =
  // deno-lint-ignore no-control-regex
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/**
 * Text in which every character that would do something to a terminal, or to the order of the text,
 * stands as its code, such as `\u001b`. Inside the strings of JSON that is the same text.
 *
 * @example
 * ```ts
 * import { inert } from "./inert.ts";
 * import assert from "node:assert/strict";
 * assert.equal(inert("red \u001b[31m, then\n"), "red \\u001b[31m, then\n");
 * ```
 */
export function inert(text: string): string {
  return text.replaceAll(
    ACTIVE,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
