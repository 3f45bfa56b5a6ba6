/**
 * A progress bar on a terminal.
 *
 * @module
 */

import { Writable } from "node:stream";
import cliProgress from "cli-progress";
import { pace } from "./pace.ts";
import type { Progress } from "./progress.ts";

/** What is used of a bar of cli-progress, which comes without types. */
interface SingleBar {
  start(total: number, value: number): void;
  increment(units: number): void;
  stop(): void;
}

/** What cli-progress tells a formatter. */
interface Drawn {
  readonly total: number;
  readonly value: number;
}

const SingleBar: new (options: {
  readonly format: (options: unknown, drawn: Drawn) => string;
  readonly stream: Writable;
  readonly linewrap: boolean;
  readonly clearOnComplete: boolean;
}) => SingleBar = cliProgress.SingleBar;

/** Characters between the brackets. */
const WIDTH = 30;

/**
 * Draws bars.
 *
 * @param write writes to the terminal
 * @param now seconds since some fixed moment
 * @param columns width of the terminal
 */
export function barProgress(
  write: (text: string) => void,
  now: () => number,
  columns: number,
): Progress {
  const stream = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        write(String(chunk));
        done();
      },
    }),
    { isTTY: true, columns },
  );
  let work: { label: string; total: number; done: number; began: number } | undefined;
  let bar: SingleBar | undefined;
  let told = "";

  const show = () => {
    if (!work) return;
    const { label, began, total, done } = work;
    bar = new SingleBar({
      stream,
      // the modes of the terminal stay as they are: a killed process could not restore them
      linewrap: true,
      clearOnComplete: true,
      format: (_options, drawn) => {
        const share = drawn.total > 0 ? Math.min(1, drawn.value / drawn.total) : 1;
        const filled = "=".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "-");
        const speed = pace({ label, total, done: drawn.value, elapsed: now() - began });
        const rest = [speed, told].filter((text) => text !== "").map((text) => `, ${text}`);
        return `${label} [${filled}] ${drawn.value}/${drawn.total}${rest.join("")}`;
      },
    });
    bar.start(total, done);
  };
  const hide = () => {
    bar?.stop();
    bar = undefined;
  };
  const stop = () => {
    hide();
    work = undefined;
    told = "";
  };

  return {
    start(label, total) {
      stop();
      work = { label, total, done: 0, began: now() };
      show();
    },
    advance(units = 1, remark = told) {
      if (!work) return;
      told = remark;
      work.done += units;
      bar?.increment(units);
    },
    note(message) {
      hide();
      write(`${message}\n`);
      show();
    },
    stop,
    [Symbol.dispose]: stop,
  };
}
