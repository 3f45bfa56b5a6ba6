/**
 * A report as LaTeX, to be read into a document that uses the package booktabs.
 *
 * @module
 */

import { type Block, type Cell, type Table, textOfCell } from "./document.ts";
import { NOTHING } from "./format.ts";
import { remarksOf } from "./remarks.ts";

/**
 * Blocks as LaTeX: tables float and are as wide as the text at most, and can be referred to as
 * `tab:NAME`; titles are bold paragraphs, so that they fit wherever the text is read in. What can
 * be chosen or unfolded elsewhere stands there whole; the viewer is left out.
 *
 * @example
 * ```ts
 * import { table } from "./document.ts";
 * import { latex } from "./latex.ts";
 * import assert from "node:assert/strict";
 * const text = latex(table("dice", "Dice", ["model", "mean"], [["a_b", "90 %"]]));
 * assert.ok(text.includes("a\\_b & 90 \\% \\\\"));
 * ```
 */
export function latex(blocks: readonly Block[]): string {
  const packages = "% in the document's preamble: \\usepackage{booktabs,graphicx}\n\n";
  return packages + blocks.map(blockText).join("\n");
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `\\paragraph{${escaped(block.text)}}\n`;
    case "paragraph":
      return `${escaped(block.text)}\n`;
    case "list":
    case "note":
      return [
        "\\begin{itemize}",
        ...block.items.map((item) => `  \\item ${escaped(item)}`),
        "\\end{itemize}\n",
      ].join("\n");
    case "table":
      return tableText(block);
    case "figure":
    case "picture":
      return `\\includegraphics[width=\\linewidth]{figures/${block.name}.png}\n`;
    case "choice":
      return block.options.flatMap(({ blocks }) => blocks.map(blockText)).join("\n");
    case "fold":
      return [`\\paragraph{${escaped(block.text)}}\n`, ...block.blocks.map(blockText)].join("\n");
    case "viewer":
      return "";
  }
}

function tableText(table: Table): string {
  const { name, caption, columns, rows } = table;
  const remarks = remarksOf(table);
  const line = (cells: readonly string[]) => `      ${cells.join(" & ")} \\\\`;
  return [
    "\\begin{table}[htbp]",
    "  \\centering",
    `  \\caption{${escaped(caption)}}`,
    `  \\label{tab:${name}}`,
    // the box shrinks a table that is too wide, and never widens one
    "  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
    `    \\begin{tabular}{${columns.map((_, column) => alignment(rows, column)).join("")}}`,
    "      \\toprule",
    line(columns.map(escaped)),
    "      \\midrule",
    ...rows.map((row) => line(row.map((cell) => cellText(cell, remarks.markOf(cell))))),
    "      \\bottomrule",
    "    \\end{tabular}}",
    ...remarks.texts.map((text, i) =>
      `  \\par\\footnotesize\\textsuperscript{${i + 1}} ${escaped(text)}`
    ),
    "\\end{table}\n",
  ].join("\n");
}

/** Numbers stand flush right. */
function alignment(rows: Table["rows"], column: number): "l" | "r" {
  const cells = rows.map((row) => row[column]);
  const isNumber = (cell: Cell) => typeof cell !== "string" && cell.numbers.length > 0;
  const isNone = (cell: Cell) => typeof cell === "string" ? cell === NOTHING : true;
  return cells.some(isNumber) && cells.every((cell) => isNumber(cell) || isNone(cell)) ? "r" : "l";
}

/** A cell: its number with a proper minus. */
function cellText(cell: Cell, mark: number | null): string {
  const text = escaped(textOfCell(cell));
  const isNumber = typeof cell !== "string" && cell.numbers.length > 0;
  const set = isNumber ? text.replaceAll(/(^| )-(?=[\d.])/g, "$1$-$") : text;
  return mark === null ? set : `${set}\\textsuperscript{${mark}}`;
}

const MARKUP: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  // after the end of a row it would open the length of a gap
  "[": "{[}",
  "§": "\\S{}",
  "×": "$\\times$",
  "…": "\\ldots{}",
};

/** Text in which nothing is markup; a letter that the usual fonts lack is told by its number. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ")
    // control characters end a run of LaTeX
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "")
    .replaceAll(/[\\~^<>|[§×…]|[#$%&_{}]/g, (mark) => MARKUP[mark] ?? `\\${mark}`)
    .replaceAll(
      /[^\u0020-\u007e\u00c0-\u017f]/gu,
      (one) => `(U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")})`,
    );
}
