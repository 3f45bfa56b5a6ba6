/**
 * What the schemas of results share.
 *
 * @module
 */

import * as z from "zod";

/** A whole number from 0. */
export const whole = z.int().min(0);
/** A part of a data set. */
export const split = z.enum(["train", "validation", "test"]);
/** Fields of a number that may not exist. */
export const measuredFields = { value: z.number().nullable(), reason: z.string().optional() };
/** A number, or null with its reason. */
export const measured = withReason(z.strictObject(measuredFields));
/** Such numbers by name. */
export const measures = z.record(z.string(), measured);
/** An experiment that was not made. */
export const refused = z.strictObject({ status: z.literal("refused"), reason: z.string() });
/** An experiment that was made. */
export const done = z.literal("done");

/** Null needs its reason; JSON Schema says it in its own words. */
export function withReason<T extends z.ZodType<{ value: number | null; reason?: string }>>(
  schema: T,
): T {
  return schema
    .refine(({ value, reason }) => value !== null || !!reason, "null without a reason")
    .meta({
      anyOf: [
        { properties: { value: { type: "number" } } },
        { properties: { reason: { type: "string", minLength: 1 } }, required: ["reason"] },
      ],
    });
}

/** An interval around an estimate. */
export const interval = z.strictObject({ low: z.number(), high: z.number(), level: z.number() });
/** A mean over scans, with its interval in complete runs. */
export const mean = withReason(z.strictObject({
  ...measuredFields,
  interval: interval.nullable().optional(),
  intervalReason: z.string().optional(),
}));

/** What the paper states. */
export const paper = z.strictObject({
  place: z.string(),
  numbers: z.record(z.string(), z.number()),
  words: z.record(z.string(), z.string()),
});
