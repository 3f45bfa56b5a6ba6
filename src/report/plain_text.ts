/**
 * A report as plain text, for a terminal.
 *
 * @module
 */

import { alignColumns } from "../base/text_table.ts";
import { type Block, type Table, textOfCell } from "./document.ts";
import { remarksOf } from "./remarks.ts";

/**
 * Blocks as text; figures and pictures by their captions.
 *
 * @example
 * ```ts
 * import { table } from "./document.ts";
 * import { plainText } from "./plain_text.ts";
 * import assert from "node:assert/strict";
 * assert.equal(plainText(table("dice", "Dice", ["model", "mean"], [["v", "0.9"]])),
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
    case "note":
      return block.items.map((item) => `- ${wrapped(item)}\n`).join("");
    case "table":
      return tableText(block);
    case "figure":
    case "picture":
      return `[${block.caption}]\n`;
    case "choice":
      return block.options.map(({ blocks }) => plainText(blocks)).join("\n");
    case "fold":
      return `${block.text}\n\n${plainText(block.blocks)}`;
    case "viewer":
      return "";
  }
}

function tableText(table: Table): string {
  const { caption, columns, rows } = table;
  const remarks = remarksOf(table);
  const lines = rows.map((row) =>
    row.map((cell) => {
      const mark = remarks.markOf(cell);
      return textOfCell(cell) + (mark === null ? "" : ` (${mark})`);
    })
  );
  const notes = remarks.texts.map((text, i) => `(${i + 1}) ${wrapped(text)}\n`);
  return `${caption}\n\n${alignColumns([columns, ...lines])}${notes.join("")}`;
}

/** Text in lines of at most 100 letters, where its words let it. */
function wrapped(text: string): string {
  return text.replaceAll(/(.{1,100})(?: |$)/g, "$1\n").trimEnd();
}
