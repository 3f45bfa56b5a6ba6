/**
 * A report as plain text, for a terminal.
 *
 * @module
 */

import { alignColumns } from "../base/text_table.ts";
import type { Block } from "./document.ts";

/**
 * Blocks as text; figures and pictures by their captions.
 *
 * @example
 * ```ts
 * import { table } from "./document.ts";
 * import { plainText } from "./plain_text.ts";
 * import assert from "node:assert/strict";
 * assert.equal(plainText(table("Dice", ["model", "mean"], [["v", "0.9"]])),
 *   "Dice\n\nmodel  mean\nv      0.9\n");
 * ```
 */
export function plainText(blocks: readonly Block[]): string {
  return blocks.map(blockText).join("\n");
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${block.text}\n${(block.level === 1 ? "=" : "-").repeat(block.text.length)}\n`;
    case "paragraph":
      return `${wrapped(block.text)}\n`;
    case "list":
      return block.items.map((item) => `- ${wrapped(item)}\n`).join("");
    case "table":
      return `${block.caption}\n\n${alignColumns([block.columns, ...block.rows])}`;
    case "figure":
    case "picture":
      return `[${block.caption}]\n`;
  }
}

/** Text in lines of at most 100 letters, where its words let it. */
function wrapped(text: string): string {
  return text.replaceAll(/(.{1,100})(?: |$)/g, "$1\n").trimEnd();
}
