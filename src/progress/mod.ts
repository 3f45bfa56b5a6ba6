/**
 * Progress on standard error: a bar on a terminal, plain lines elsewhere, silence when asked.
 *
 * @module
 */

import cliProgress from "cli-progress";

/** Tells how far work has come. Never writes to standard output. */
export interface Progress {
  /** Begins a piece of work of `total` units. */
  start(label: string, total: number): void;
  /** Reports units done. */
  advance(units?: number): void;
  /** Says something that stays. */
  note(message: string): void;
  /** Ends the piece of work. */
  stop(): void;
}

/** Where progress is written. */
export interface ProgressOptions {
  /** Whether to say nothing at all. */
  readonly quiet: boolean;
  /** Whether standard error is a terminal. */
  readonly terminal: boolean;
  /** Writes to standard error. */
  readonly write: (text: string) => void;
}

/** A progress that fits where standard error goes. */
export function createProgress(options: ProgressOptions): Progress {
  if (options.quiet) return { start() {}, advance() {}, note() {}, stop() {} };
  return options.terminal ? bar(options.write) : lines(options.write);
}

function bar(write: (text: string) => void): Progress {
  let current: cliProgress.SingleBar | undefined;
  const stop = () => {
    current?.stop();
    current = undefined;
  };
  return {
    start(label, total) {
      stop();
      current = new cliProgress.SingleBar({
        format: `${label} [{bar}] {value}/{total} | {duration_formatted} | left {eta_formatted}`,
        hideCursor: true,
        clearOnComplete: true,
      }, cliProgress.Presets.legacy);
      current.start(total, 0);
    },
    advance: (units = 1) => current?.increment(units),
    note(message) {
      stop();
      write(`${message}\n`);
    },
    stop,
  };
}

/** A line when work begins, one when it ends, and one at each quarter of longer work. */
function lines(write: (text: string) => void): Progress {
  let work: { label: string; total: number; done: number; told: number } | undefined;
  return {
    start(label, total) {
      work = { label, total, done: 0, told: 0 };
      write(`${label}: ${total} to do\n`);
    },
    advance(units = 1) {
      if (!work) return;
      work.done += units;
      const quarter = Math.floor(4 * work.done / work.total);
      if (quarter > work.told && work.done < work.total) {
        work.told = quarter;
        write(`${work.label}: ${work.done} of ${work.total}\n`);
      }
    },
    note: (message) => write(`${message}\n`),
    stop() {
      if (work) write(`${work.label}: done\n`);
      work = undefined;
    },
  };
}
