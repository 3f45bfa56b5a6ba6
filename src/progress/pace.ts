/**
 * How fast work goes and how long it will take, in words.
 *
 * @module
 */

/** A piece of work that goes on. */
export interface Work {
  /** What is done, in a word or two. */
  readonly label: string;
  /** Units in all. */
  readonly total: number;
  /** Units done. */
  readonly done: number;
  /** Seconds since it began. */
  readonly elapsed: number;
}

/**
 * Rate and time left, such as `2.5/s, 0:12 left`; empty while nothing is done.
 *
 * @example
 * ```ts
 * import { pace } from "./pace.ts";
 * import assert from "node:assert/strict";
 * assert.equal(pace({ label: "slices", total: 40, done: 10, elapsed: 4 }), "2.5/s, 0:12 left");
 * assert.equal(pace({ label: "scans", total: 3, done: 1, elapsed: 75 }), "75 s each, 2:30 left");
 * assert.equal(pace({ label: "scans", total: 3, done: 0, elapsed: 75 }), "");
 * ```
 */
export function pace({ total, done, elapsed }: Work): string {
  if (done <= 0 || elapsed <= 0) return "";
  const [rate, each] = [done / elapsed, elapsed / done];
  const speed = rate >= 1 ? `${round(rate)}/s` : `${round(each)} s each`;
  return `${speed}, ${clock(each * Math.max(0, total - done))} left`;
}

/** Two significant digits, or all before the point. */
function round(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

/** Seconds as minutes:seconds or hours:minutes:seconds. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
