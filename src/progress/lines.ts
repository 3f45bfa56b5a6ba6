/**
 * Progress as plain lines, for logs.
 *
 * @module
 */

import { pace } from "./pace.ts";
import type { Progress } from "./progress.ts";

/** Seconds after which slow work is told of again. */
const PATIENCE = 30;

/**
 * Tells of work in a line when it begins, one at each quarter or half minute, and one when it ends.
 *
 * @param write takes whole lines
 * @param now seconds since some fixed moment
 */
export function lineProgress(write: (text: string) => void, now: () => number): Progress {
  let work:
    | { label: string; total: number; done: number; began: number; told: number; quarter: number }
    | undefined;
  const stop = () => {
    if (!work) return;
    const { label, done, total } = work;
    write(done < total ? `${label}: stopped at ${done} of ${total}\n` : `${label}: done\n`);
    work = undefined;
  };
  return {
    start(label, total) {
      stop();
      const began = now();
      work = { label, total, done: 0, began, told: began, quarter: 0 };
      write(`${label}: ${total} to do\n`);
    },
    advance(units = 1, remark = "") {
      if (!work) return;
      work.done += units;
      const { label, total, done, began, told } = work;
      const quarter = Math.floor(4 * done / total);
      if (done >= total || (quarter === work.quarter && now() - told < PATIENCE)) return;
      work.quarter = quarter;
      work.told = now();
      const elapsed = work.told - began;
      const speed = elapsed >= 1 ? pace({ label, total, done, elapsed }) : "";
      const rest = [speed, remark].filter((text) => text !== "").map((text) => `, ${text}`);
      write(`${label}: ${done} of ${total}${rest.join("")}\n`);
    },
    note: (message) => write(`${message}\n`),
    stop,
    [Symbol.dispose]: stop,
  };
}
