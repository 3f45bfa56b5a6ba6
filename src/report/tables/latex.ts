/**
 * Tables as LaTeX, with the rules of `booktabs`, to be taken in by `\input`.
 *
 * @module
 */

import { type Cell, type Table, textOfCell } from "../document.ts";
import { remarksOf } from "./remarks.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  "`": "\\textasciigrave{}",
  "§": "\\S{}",
  "×": "$\\times$",
  "…": "\\ldots{}",
};

/** Text in which nothing is a command; what the usual fonts lack is told by its number. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ")
    .replaceAll(/[#$%&_{}\\^~<>|"`§×…]/g, (one) => SPECIAL[one] ?? `\\${one}`)
    .replaceAll(
      /[^\u0020-\u007e\u00c0-\u017f]/gu,
      (one) => `[U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

/** A cell: numbers with a proper minus and without the breaks of words. */
function cellText(cell: Cell, mark: number | null): string {
  const text = escaped(textOfCell(cell));
  const isNumber = typeof cell !== "string" && cell.numbers.length > 0;
  const set = isNumber ? text.replaceAll(/(^| )-(?=[\d.])/g, "$1$-$") : text;
  return mark === null ? set : `${set}\\textsuperscript{${mark}}`;
}

/** Whether a column is one of numbers, and so stands flush right. */
function isNumeric(cells: readonly Cell[]): boolean {
  return cells.some((cell) => typeof cell !== "string" && cell.numbers.length > 0) &&
    cells.every((cell) => typeof cell !== "string" || cell === "-");
}

/**
 * A table as a `table` environment; its caption can be referred to by `tab:NAME`.
 *
 * @example
 * ```ts
 * import { latex } from "./latex.ts";
 * import { table } from "../document.ts";
 * import assert from "node:assert/strict";
 * const [one] = table("dice", "50 % of it", ["model"], [["a_b"]]);
 * assert.match(latex(one), /\\caption\{50 \\% of it\}[\s\S]*\\toprule\nmodel \\\\\n\\midrule\na\\_b \\\\/);
 * ```
 */
export function latex(table: Table): string {
  const { name, caption, columns, rows } = table;
  const remarks = remarksOf(table);
  const alignment = columns.map((_, column) =>
    isNumeric(rows.map((row) => row[column])) ? "r" : "l"
  ).join("");
  const line = (cells: readonly string[]) => `${cells.join(" & ")} \\\\`;
  return [
    "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}",
    "\\begin{table}",
    "\\centering",
    `\\caption{${escaped(caption)}}`,
    `\\label{tab:${name}}`,
    `\\begin{tabular}{${alignment}}`,
    "\\toprule",
    line(columns.map(escaped)),
    "\\midrule",
    ...rows.map((row) => line(row.map((cell) => cellText(cell, remarks.markOf(cell))))),
    "\\bottomrule",
    "\\end{tabular}",
    ...remarks.texts.map((text, i) =>
      `\\par\\footnotesize\\textsuperscript{${i + 1}}~${escaped(text)}`
    ),
    "\\end{table}",
    "",
  ].join("\n");
}
