/**
 * Tables as CSV (RFC 4180), with whole numbers where readers see rounded ones.
 *
 * @module
 */

import type { Cell, Json, Table } from "../document.ts";

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** A field: quoted where it must be; text never becomes a formula. */
function field(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "string"
    ? FORMULA.test(value) ? `'${value}` : value
    : typeof value === "object"
    ? JSON.stringify(value)
    : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function lines(rows: readonly (readonly Json[])[]): string {
  return rows.map((row) => row.map(field).join(",") + "\r\n").join("");
}

/** One column of a table as columns of CSV: an interval becomes two, remarks one of their own. */
function columnsOf(name: string, cells: readonly Cell[]): Json[][] {
  const amounts = cells.map((cell) => typeof cell === "string" ? null : cell);
  const most = Math.max(0, ...amounts.map((amount) => amount?.numbers.length ?? 0));
  const names = most === 2 ? [`${name}, low`, `${name}, high`] : [name];
  const values = names.map((head, part): Json[] => [
    head,
    ...cells.map((cell) => {
      if (typeof cell === "string") return part > 0 || cell === "-" ? null : cell;
      if (most === 0) return part === 0 ? cell.text : null;
      return cell.numbers[part] ?? null;
    }),
  ]);
  if (amounts.every((amount) => amount?.remark === undefined)) return values;
  return [...values, [`${name}, remark`, ...amounts.map((amount) => amount?.remark ?? null)]];
}

/**
 * A table as CSV.
 *
 * @example
 * ```ts
 * import { csv } from "./csv.ts";
 * import { table } from "../document.ts";
 * import assert from "node:assert/strict";
 * const rows = [["v", { text: "0.886", numbers: [0.88612] }]];
 * const [one] = table("dice", "Dice", ["model", "Dice"], rows);
 * assert.equal(csv(one), "model,Dice\r\nv,0.88612\r\n");
 * ```
 */
export function csv({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const all = columns.flatMap((name, column) => columnsOf(name, rows.map((row) => row[column])));
  return lines(Array.from({ length: rows.length + 1 }, (_, row) => all.map((one) => one[row])));
}

/** Rows of plain values, such as the data of a plot, as CSV; the keys are the columns. */
export function csvOfRecords(records: readonly { readonly [key: string]: Json }[]): string {
  const keys = [...new Set(records.flatMap((one) => Object.keys(one)))];
  return lines([keys, ...records.map((one) => keys.map((key) => one[key] ?? null))]);
}
