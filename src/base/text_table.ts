/**
 * Text in columns.
 *
 * @module
 */

/**
 * Lines of cells as text, each column as wide as its widest cell; some flush right.
 *
 * @example
 * ```ts
 * import { alignColumns } from "./text_table.ts";
 * import assert from "node:assert/strict";
 * assert.equal(alignColumns([["name", "n"], ["dice", "10"]], [1]), "name   n\ndice  10\n");
 * ```
 */
export function alignColumns(
  lines: readonly (readonly string[])[],
  flushRight: readonly number[] = [],
): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (cell: string, column: number) =>
    flushRight.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  return lines.map((line) => line.map(pad).join("  ").trimEnd() + "\n").join("");
}
