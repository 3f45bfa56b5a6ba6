/**
 * Numbers as text, the same everywhere.
 *
 * @module
 */

import type { IntervalRecord, MeanRecord, MeasuredValue } from "../results/mod.ts";
import type { Amount, Cell } from "./document.ts";

/** Stands where there is nothing to say. */
export const NOTHING = "-";

/** A number in a cell. */
export function amount(value: number, text = String(value)): Amount {
  return { text, numbers: [value] };
}

/** A number in a cell, nothing where it is null. */
export function amountOr(value: number | null, textOf: (value: number) => string = String): Cell {
  return value === null ? NOTHING : amount(value, textOf(value));
}

/** A measure with three digits after the point, or why there is none. */
export function measureText({ value, reason }: MeasuredValue): string {
  return value === null ? `undefined (${reason ?? "no reason given"})` : value.toFixed(3);
}

/** The same in a cell: why there is none becomes a footnote. */
export function measure({ value, reason }: MeasuredValue): Amount {
  if (value !== null) return amount(value, value.toFixed(3));
  return { text: "undefined", numbers: [], remark: reason ?? "no reason given" };
}

/** Both ends of an interval with three digits after the point. */
export function intervalText({ low, high }: IntervalRecord): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

/** The interval of a mean, or why there is none. */
export function meanIntervalText({ interval, intervalReason }: MeanRecord): string {
  if (interval) return intervalText(interval);
  return intervalReason ? `none: ${intervalReason}` : NOTHING;
}

/** An interval in a cell, or that there is none and why. */
export function interval(
  found: IntervalRecord | null | undefined,
  reason?: string,
  textOf: (found: IntervalRecord) => string = intervalText,
): Cell {
  if (found) return { text: textOf(found), numbers: [found.low, found.high] };
  return reason ? { text: "none", numbers: [], remark: reason } : NOTHING;
}

/** The interval of a mean in a cell. */
export function meanInterval(mean: MeanRecord): Cell {
  return interval(mean.interval, mean.intervalReason);
}

/** A difference with its sign. */
export function differenceText(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}

/** A p-value. */
export function pText(p: number | null): string {
  if (p === null) return NOTHING;
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** Seconds with three digits that count. */
export function secondsText(seconds: number): string {
  return seconds >= 100 ? seconds.toFixed(0) : seconds.toPrecision(3);
}

/** Both ends of an interval of seconds. */
export function secondsIntervalText({ low, high }: IntervalRecord): string {
  return `${secondsText(low)} to ${secondsText(high)}`;
}

/** A share as per cent. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The first digits of a hash. */
export function hashText(hash: string): string {
  return hash.slice(0, 12);
}

/** A count of things in words: `1 scan`, `2 scans`. */
export function countText(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** Mean of the values that are defined, or the reason why none is. */
export function meanOf(values: readonly MeasuredValue[]): MeasuredValue {
  const defined = values.flatMap(({ value }) => (value === null ? [] : [value]));
  if (defined.length > 0) {
    return { value: defined.reduce((sum, value) => sum + value, 0) / defined.length };
  }
  return { value: null, reason: values[0]?.reason ?? "no scan has it" };
}
