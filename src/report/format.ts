/**
 * Numbers as text, the same everywhere.
 *
 * @module
 */

import type { IntervalRecord, MeanRecord, MeasuredValue } from "../results/mod.ts";

/** Stands where there is nothing to say. */
export const NOTHING = "-";

/** A measure with three digits after the point, or why there is none. */
export function measureText({ value, reason }: MeasuredValue): string {
  return value === null ? `undefined (${reason ?? "no reason given"})` : value.toFixed(3);
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

/** A share as per cent. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The first digits of a hash. */
export function hashText(hash: string): string {
  return hash.slice(0, 12);
}

/** Mean of the values that are defined, or the reason why none is. */
export function meanOf(values: readonly MeasuredValue[]): MeasuredValue {
  const defined = values.flatMap(({ value }) => (value === null ? [] : [value]));
  if (defined.length > 0) {
    return { value: defined.reduce((sum, value) => sum + value, 0) / defined.length };
  }
  return { value: null, reason: values[0]?.reason ?? "no scan has it" };
}
