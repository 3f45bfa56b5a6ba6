/**
 * Numbers as text, the same everywhere.
 *
 * @module
 */

import type { MeasuredValue } from "../results/mod.ts";
import type { Interval } from "../statistics/bootstrap.ts";

/** Stands where there is nothing to say. */
export const NOTHING = "-";

/** A measure with three digits after the point, or why there is none. */
export function measureText({ value, reason }: MeasuredValue): string {
  return value === null ? `undefined (${reason ?? "no reason given"})` : value.toFixed(3);
}

/** Both ends of an interval with three digits after the point. */
export function intervalText({ low, high }: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
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
