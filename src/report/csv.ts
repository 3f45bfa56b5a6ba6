/**
 * A table as CSV (RFC 4180).
 *
 * @module
 */

import { stringify } from "csv-stringify/sync";
import type { Table } from "./document.ts";

/**
 * A table's columns and rows. A cell that a spreadsheet would take for a formula gets a quotation
 * mark before it; numbers with a sign do not.
 *
 * @example
 * ```ts
 * import { csv } from "./csv.ts";
 * import assert from "node:assert/strict";
 * const cells = { columns: ["model", "change"], rows: [["=1+1", "+0.1"], ['a, "b"', "-"]] };
 * assert.equal(csv(cells), 'model,change\r\n\'=1+1,+0.1\r\n"a, ""b""",-\r\n');
 * ```
 */
export function csv({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  return stringify([columns, ...rows].map((row) => row.map(inert)), {
    record_delimiter: "windows",
  });
}

/** Text that is no formula; a lone sign, a number and an interval are none either. */
function inert(cell: string): string {
  return /^[=@\t\r]|^[+-](?![\d.]+( to [+-]?[\d.]+)?$|$)/.test(cell) ? `'${cell}` : cell;
}
