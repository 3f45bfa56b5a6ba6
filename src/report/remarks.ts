/**
 * Footnotes of a table.
 *
 * @module
 */

import type { Cell, Table } from "./document.ts";

/** The remarks of a table, each once. */
export interface Remarks {
  /** The remarks, the first of them number 1. */
  readonly texts: readonly string[];
  /** Number of a cell's remark, from 1; null where it has none. */
  readonly markOf: (cell: Cell) => number | null;
}

/** Numbers the remarks of a table in the order in which they are met. */
export function remarksOf({ rows }: Pick<Table, "rows">): Remarks {
  const remarkOf = (cell: Cell) => typeof cell === "string" ? undefined : cell.remark;
  const texts = [...new Set(rows.flat().map(remarkOf).filter((text) => text !== undefined))];
  return {
    texts,
    markOf(cell) {
      const remark = remarkOf(cell);
      return remark === undefined ? null : 1 + texts.indexOf(remark);
    },
  };
}
