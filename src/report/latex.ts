/**
 * A report as LaTeX, to be read into a document that uses the package booktabs.
 *
 * @module
 */

import type { Block, Table } from "./document.ts";

/**
 * Blocks as LaTeX: tables float and are as wide as the text at most; titles are bold paragraphs, so
 * that they fit wherever the text is read in.
 *
 * @example
 * ```ts
 * import { table } from "./document.ts";
 * import { latex } from "./latex.ts";
 * import assert from "node:assert/strict";
 * const text = latex(table("Dice", ["model", "mean"], [["a_b", "90 %"]]));
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
  }
}

function tableText({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `      ${cells.map(escaped).join(" & ")} \\\\`;
  return [
    "\\begin{table}[htbp]",
    "  \\centering",
    `  \\caption{${escaped(caption)}}`,
    // the box shrinks a table that is too wide, and never widens one
    "  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
    `    \\begin{tabular}{${"l".repeat(columns.length)}}`,
    "      \\toprule",
    line(columns),
    "      \\midrule",
    ...rows.map(line),
    "      \\bottomrule",
    "    \\end{tabular}}",
    "\\end{table}\n",
  ].join("\n");
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
};

/** Text in which nothing is markup. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ")
    // control characters end a run of LaTeX
    .replaceAll(/\p{Cc}/gu, "")
    .replaceAll(/[\\~^<>|[]|[#$%&_{}]/g, (mark) => MARKUP[mark] ?? `\\${mark}`);
}
