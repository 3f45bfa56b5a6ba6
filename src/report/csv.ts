/**
 * Tables as CSV (RFC 4180), with whole numbers where readers see rounded ones.
 *
 * @module
 */

import { stringify } from "csv-stringify/sync";
import type { Cell, Json, Table } from "./document.ts";
import { NOTHING } from "./format.ts";

/**
 * A table's columns and rows. An interval becomes two columns, remarks one of their own. A cell
 * that a spreadsheet would take for a formula gets a quotation mark before it; numbers with a sign
 * do not.
 *
 * @example
 * ```ts
 * import { csv } from "./csv.ts";
 * import assert from "node:assert/strict";
 * const cells = { columns: ["model", "change"], rows: [["=1+1", "+0.1"], ['a, "b"', "-"]] };
 * assert.equal(csv(cells), 'model,change\r\n\'=1+1,+0.1\r\n"a, ""b""",-\r\n');
 * const rounded = { text: "0.886", numbers: [0.88612] };
 * assert.equal(csv({ columns: ["Dice"], rows: [[rounded], ["-"]] }), "Dice\r\n0.88612\r\n\r\n");
 * ```
 */
export function csv({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const all = columns.flatMap((name, column) => columnsOf(name, rows.map((row) => row[column])));
  return lines(Array.from({ length: rows.length + 1 }, (_, row) => all.map((one) => one[row])));
}

/** Rows of plain values, such as the data of a plot; their keys are the columns. */
export function csvOfRecords(records: readonly { readonly [key: string]: Json }[]): string {
  const keys = [...new Set(records.flatMap((one) => Object.keys(one)))];
  return lines([keys, ...records.map((one) => keys.map((key) => one[key] ?? null))]);
}

/** One column of a table as columns of CSV, each with its name at its head. */
function columnsOf(name: string, cells: readonly Cell[]): Json[][] {
  const amounts = cells.map((cell) => typeof cell === "string" ? null : cell);
  const most = Math.max(0, ...amounts.map((amount) => amount?.numbers.length ?? 0));
  const names = most === 2 ? [`${name}, low`, `${name}, high`] : [name];
  const values = names.map((head, part): Json[] => [
    head,
    ...cells.map((cell) => {
      // among numbers, what stands for none is an empty cell
      if (typeof cell === "string") return part > 0 || (most > 0 && cell === NOTHING) ? null : cell;
      if (most === 0) return cell.text;
      return cell.numbers[part] ?? null;
    }),
  ]);
  if (amounts.every((amount) => amount?.remark === undefined)) return values;
  return [...values, [`${name}, remark`, ...amounts.map((amount) => amount?.remark ?? null)]];
}

function lines(rows: readonly (readonly Json[])[]): string {
  return stringify(rows.map((row) => row.map(field)), { record_delimiter: "windows" });
}

/** A value as text, nothing where there is none. */
function field(value: Json): string | null {
  if (value === null) return null;
  if (typeof value === "string") return inert(value);
  return typeof value === "object" ? inert(JSON.stringify(value)) : String(value);
}

/** Text that is no formula; a lone sign, a number and an interval are none either. */
function inert(text: string): string {
  return /^[=@\t\r]|^[+-](?![\d.]+( to [+-]?[\d.]+)?$|$)/.test(text) ? `'${text}` : text;
}
