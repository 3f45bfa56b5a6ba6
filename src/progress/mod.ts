/**
 * Progress on standard error: a bar on a terminal, plain lines elsewhere, silence when asked.
 *
 * @module
 */

import { inert } from "../base/inert.ts";
import { barProgress } from "./bar.ts";
import { lineProgress } from "./lines.ts";
import type { Progress } from "./progress.ts";

export type { Progress } from "./progress.ts";

/** Where progress is written. */
export interface ProgressOptions {
  /** Whether to say nothing at all. */
  readonly quiet: boolean;
  /** Whether standard error is a terminal. */
  readonly terminal: boolean;
  /** Writes to standard error. */
  readonly write: (text: string) => void;
  /** Seconds since some fixed moment (default: the monotonic clock). */
  readonly now?: () => number;
  /** Width of the terminal (default: 80). */
  readonly columns?: number;
}

/**
 * A progress that fits where standard error goes.
 *
 * @example
 * ```ts
 * import { createProgress } from "./mod.ts";
 * import assert from "node:assert/strict";
 * let told = "";
 * using progress = createProgress({
 *   quiet: false,
 *   terminal: false,
 *   write: (text) => told += text,
 * });
 * progress.start("scans", 1);
 * progress.advance();
 * progress.stop();
 * assert.equal(told, "scans: 1 to do\nscans: done\n");
 * ```
 */
export function createProgress(options: ProgressOptions): Progress {
  const { quiet, terminal, write, now = () => performance.now() / 1000, columns = 80 } = options;
  if (quiet) return quietProgress();
  return inertProgress(
    terminal ? barProgress(write, now, columns) : lineProgress(write, now),
  );
}

/** A progress that may be told anything: names of files and words of strangers do no harm. */
function inertProgress(progress: Progress): Progress {
  return {
    ...progress,
    start: (label, total) => progress.start(inert(label), total),
    advance: (units, remark) => progress.advance(units, remark && inert(remark)),
    note: (message) => progress.note(inert(message)),
  };
}

/** A progress that says nothing. */
export function quietProgress(): Progress {
  return { start() {}, advance() {}, note() {}, stop() {}, [Symbol.dispose]() {} };
}
