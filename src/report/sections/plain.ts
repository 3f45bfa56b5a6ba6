/**
 * An experiment that has no section of its own.
 *
 * @module
 */

import type { MeasuredValue } from "../../results/mod.ts";
import { type Block, list, table } from "../document.ts";
import { measureText, NOTHING } from "../format.ts";

/**
 * Its numbers and words as a list, and each of its lists of records as a table.
 *
 * @example
 * ```ts
 * import { plainSection } from "./plain.ts";
 * import assert from "node:assert/strict";
 * const made = { status: "done", window: 3, scans: [{ case: 0, dice: { value: 0.5 } }] };
 * assert.deepEqual(plainSection(made), [
 *   { kind: "list", items: ["window: 3"] },
 *   {
 *     kind: "table",
 *     name: "scans",
 *     caption: "scans",
 *     columns: ["case", "dice"],
 *     rows: [["0", "0.500"]],
 *   },
 * ]);
 * ```
 */
export function plainSection({ status: _, ...made }: Readonly<Record<string, unknown>>): Block[] {
  const entries = Object.entries(made);
  const facts = entries.flatMap(([key, value]) => {
    const text = textOf(value);
    return text === null ? [] : [`${key}: ${text}`];
  });
  return [...list(facts), ...entries.flatMap(([key, value]) => recordsTable(key, value))];
}

function recordsTable(caption: string, value: unknown): Block[] {
  if (!Array.isArray(value) || !value.every(isRecord)) return [];
  const records: readonly Readonly<Record<string, unknown>>[] = value;
  const keys = [...new Set(records.flatMap((one) => Object.keys(one)))];
  const columns = keys.filter((key) => records.some((one) => textOf(one[key]) !== null));
  return table(
    caption.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    caption,
    columns,
    records.map((one) => columns.map((key) => textOf(one[key]) ?? NOTHING)),
  );
}

/** A value that fits into a line; null for any other. */
function textOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (value === null) return NOTHING;
  if (Array.isArray(value)) {
    const texts = value.map(textOf);
    return texts.length > 0 && texts.every((text) => text !== null) ? texts.join(", ") : null;
  }
  if (!isRecord(value)) return String(value);
  return isMeasured(value) ? measureText(value) : null;
}

function isMeasured(value: object): value is MeasuredValue {
  return "value" in value && (value.value === null || typeof value.value === "number");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
