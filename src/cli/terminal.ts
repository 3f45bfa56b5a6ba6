/**
 * Writing to the terminal.
 *
 * @module
 */

import { inert } from "../base/inert.ts";

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

/** Writes facts to standard output; what strangers' text would do to a terminal stands as codes. */
export function writeOut(text: string): void {
  writeAll(Deno.stdout, inert(text));
}

/** Writes messages to standard error, as `writeOut`. */
export function writeError(text: string): void {
  writeAll(Deno.stderr, inert(text));
}

/** Writes to standard error what moves the cursor: progress, whose words are inert already. */
export function drawError(text: string): void {
  writeAll(Deno.stderr, text);
}

/** Writes a value as indented JSON to standard output. */
export function writeJson(value: unknown): void {
  writeOut(`${JSON.stringify(value, null, 2)}\n`);
}

/** Whether standard error is a terminal that can redraw a line. */
export function errorIsTerminal(): boolean {
  return Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb";
}
