/**
 * A report as Markdown (CommonMark with GitHub's tables).
 *
 * @module
 */

import { inert } from "../base/inert.ts";
import type { Block, Figure, Picture, Table } from "./document.ts";

/**
 * Blocks as Markdown; figures as images of `figures/NAME.svg`, pictures of `figures/NAME.png`.
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
      return block.items.map((item) => `- ${escaped(item)}`).join("\n");
    case "table":
      return tableText(block);
    case "figure":
      return imageText(block, "svg");
    case "picture":
      return imageText(block, "png");
  }
}

function imageText({ name, caption }: Figure | Picture, ending: "svg" | "png"): string {
  return `![${escaped(caption)}](figures/${name}.${ending})\n\n*${escaped(caption)}*`;
}

function tableText({ caption, columns, rows }: Table): string {
  const lines = [columns, ...rows].map((row) => row.map(escaped));
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head, ...body] = lines.map(text);
  return [`**${escaped(caption)}**\n`, head, rule, ...body].join("\n");
}

/** Marks anywhere, what makes a bare address a link, and what begins a heading, rule or list. */
const MARKUP =
  /[\\|<>[\]*`~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/)|(?<=www)\.|^[#+=-](?=[\s#+=-])|(?<=^\d+)[.)](?=\s|$)/gi;

/** Text in which nothing is markup, nor a link; an underscore inside a word is none. */
function escaped(text: string): string {
  return inert(text.replaceAll(/\s+/g, " "))
    .replaceAll(MARKUP, "\\$&");
}
