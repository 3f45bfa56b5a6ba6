/**
 * A report as Markdown (CommonMark with GitHub's tables).
 *
 * @module
 */

import { inert } from "../base/inert.ts";
import { type Block, type Figure, type Picture, type Table, textOfCell } from "./document.ts";
import { remarksOf } from "./remarks.ts";

/** Columns up to which the cells of a table are made equally wide. */
const ALIGNED = 120;

/**
 * Blocks as Markdown; figures as images of `figures/NAME.svg`, pictures of `figures/NAME.png`. What
 * can be chosen or unfolded elsewhere stands there whole; the viewer is only told of.
 *
 * @example
 * ```ts
 * import { heading, paragraph } from "./document.ts";
 * import { markdown } from "./markdown.ts";
 * import assert from "node:assert/strict";
 * assert.equal(markdown([heading(1, "Report"), paragraph("a < b")]), "# Report\n\na \\< b\n");
 * ```
 */
export function markdown(blocks: readonly Block[]): string {
  return blocks.map(blockText).join("\n\n") + "\n";
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${escaped(block.text)}`;
    case "paragraph":
      return escaped(block.text);
    case "list":
      return listText(block.items);
    case "note":
      return noteText(block.items);
    case "table":
      return markdownTable(block);
    case "figure":
      return imageText(block, "svg");
    case "picture":
      return imageText(block, "png");
    case "choice":
      return block.options.flatMap(({ blocks }) => blocks.map(blockText)).join("\n\n");
    case "fold":
      return [`**${escaped(block.text)}**`, ...block.blocks.map(blockText)].join("\n\n");
    case "viewer":
      return "index.html shows these scans slice by slice.";
  }
}

function listText(items: readonly string[]): string {
  return items.map((item) => `- ${escaped(item)}`).join("\n");
}

function noteText(items: readonly string[]): string {
  const text = items.length === 1 ? escaped(items[0]) : listText(items);
  return text.split("\n").map((line) => `> ${line}`).join("\n");
}

function imageText({ name, caption }: Figure | Picture, ending: "svg" | "png"): string {
  return `![${escaped(caption)}](figures/${name}.${ending})\n\n*${escaped(caption)}*`;
}

/** A table with its caption above it and its footnotes below it. */
export function markdownTable(table: Table): string {
  const { caption, columns, rows } = table;
  const remarks = remarksOf(table);
  const lines = [
    columns.map(escaped),
    ...rows.map((row) =>
      row.map((cell) => {
        const mark = remarks.markOf(cell);
        return escaped(textOfCell(cell)) + (mark === null ? "" : ` (${mark})`);
      })
    ),
  ];
  const widest = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const aligned = widest.reduce((sum, width) => sum + width + 3, 1) <= ALIGNED;
  const widths = aligned ? widest : columns.map(() => 1);
  const text = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = lines.map(text);
  const notes = remarks.texts.map((one, i) => `(${i + 1}) ${escaped(one)}`);
  return [`**${escaped(caption)}**\n`, head, rule, ...body]
    .concat(notes.length > 0 ? ["", notes.join("; ")] : []).join("\n");
}

/** Marks anywhere, what makes a bare address a link, and what begins a heading, rule or list. */
const MARKUP =
  /[\\|<>[\]*`~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/)|(?<=www)\.|^[#+=-](?=[\s#+=-])|(?<=^\d+)[.)](?=\s|$)/gi;

/** Text in which nothing is markup, nor a link; an underscore inside a word is none. */
function escaped(text: string): string {
  return inert(text.replaceAll(/\s+/g, " "))
    .replaceAll(MARKUP, "\\$&");
}
