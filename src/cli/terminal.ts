/**
 * Writing to the terminal.
 *
 * @module
 */

const encoder = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // the reader went away, as in `stackbench models | head`: there is nobody left to tell
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Writes facts to standard output. */
export function writeOut(text: string): void {
  writeAll(Deno.stdout, text);
}

/** Writes messages to standard error. */
export function writeError(text: string): void {
  writeAll(Deno.stderr, text);
}

/** Writes a value as indented JSON to standard output. */
export function writeJson(value: unknown): void {
  writeOut(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Rows as aligned columns; numbers to the right.
 *
 * @example
 * ```ts
 * import { columns } from "./terminal.ts";
 * import assert from "node:assert/strict";
 * assert.equal(columns([["name", "n"], ["dice", 10]]), "name   n\ndice  10\n");
 * ```
 */
export function columns(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, String(cell).length)),
    [],
  );
  const numeric = widths.map((_, i) => rows.some((row) => typeof row[i] === "number"));
  return rows.map((row) =>
    row.map((cell, i) =>
      numeric[i] ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])
    ).join("  ").trimEnd() + "\n"
  ).join("");
}
