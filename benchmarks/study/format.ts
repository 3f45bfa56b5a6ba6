/**
 * Numbers as the study's tables have them.
 *
 * @module
 */

/** Three decimals; - for nothing. */
export const fixed = (value: number | null) => value === null ? "-" : value.toFixed(3);

/** The same with its sign. */
export const signed = (value: number | null) =>
  value === null ? "-" : (value < 0 ? "" : "+") + fixed(value);

/** The ends of an interval. */
export const range = (
  interval: { readonly low: number; readonly high: number } | null | undefined,
) => interval ? `${fixed(interval.low)} to ${fixed(interval.high)}` : "-";

/** Several numbers. */
export const each = (values: readonly (number | null)[]) => values.map(fixed).join(", ");

/** So many of something. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
