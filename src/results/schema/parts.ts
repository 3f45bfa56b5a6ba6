/**
 * What the schemas of results share.
 *
 * Every fact of results is said once, in these schemas: its name, its rule, and what it means
 * (`describe`). A schema with an `id` becomes an interface of `records.ts` and a definition of the
 * JSON Schema; `deno task schema` writes both.
 *
 * @module
 */

import * as z from "zod";
import { type WarningCode, WARNINGS } from "../warnings.ts";

/** What a schema accepts, for reading only: as the interface in `records.ts` has it. */
export type Recorded<S extends z.ZodType> = ReadOnly<z.infer<S>>;

type ReadOnly<T> = T extends readonly (infer _)[] ? { readonly [K in keyof T]: ReadOnly<T[K]> }
  : T extends object ? { readonly [K in keyof T]: ReadOnly<T[K]> }
  : T;

/** A whole number from 0. */
export const whole = z.int().min(0);
/** A number from 0. */
export const amount = z.number().min(0);
/** A SHA-256. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** A moment, ISO 8601, UTC. */
// no `format: date-time`: validators without a list of formats refuse the whole schema for it
export const moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
/** A part of a data set. */
export const split = z.enum(["train", "validation", "test"]);
/** Splits that an accuracy experiment is about. */
export const splits = z.array(split).describe(
  "Splits whose scans it is about: `test`, or all where no scan of it has truth.",
);
/** Which model. */
export const modelKey = z.string().describe("Key of the model.");
/** Which scan. */
export const caseIndex = whole.describe("Index of the case.");

/** Null needs its reason; JSON Schema says it in its own words. */
function withReason<T extends z.ZodType<{ value: number | null; reason?: string }>>(
  schema: T,
  meta: { readonly id: string; readonly description: string },
): T {
  return schema
    .refine(({ value, reason }) => value !== null || !!reason, "null without a reason")
    .meta({
      ...meta,
      anyOf: [
        { properties: { value: { type: "number" } } },
        { properties: { reason: { type: "string", minLength: 1 } }, required: ["reason"] },
      ],
    });
}

const measuredFields = {
  value: z.number().nullable().describe("The number."),
  reason: z.string().optional().describe("Why there is none."),
};

/** A number, or null with its reason. */
export const measured = withReason(z.object(measuredFields), {
  id: "MeasuredValue",
  description: "A number, or null with the reason why there is none.",
});
/** Such numbers by name. */
export const measures = z.record(z.string(), measured);
/** Such a number of one scan. */
export const caseValue = withReason(z.object({ ...measuredFields, case: caseIndex }), {
  id: "CaseValue",
  description: "A value of one scan.",
});

/** An interval around an estimate. */
export const interval = z.object({
  low: z.number().describe("Lower end."),
  high: z.number().describe("Upper end."),
  level: z.number().describe(
    "Share of such intervals that are meant to hold the true value: 0.95.",
  ),
}).meta({ id: "IntervalRecord", description: "An interval around an estimate." });
/** A mean over scans, with its interval in complete runs. */
export const mean = withReason(
  z.object({
    ...measuredFields,
    interval: interval.nullable().optional().describe("The interval; null where there is none."),
    intervalReason: z.string().optional().describe("Why there is no interval."),
  }),
  {
    id: "MeanRecord",
    description:
      "A mean over scans. Its BCa bootstrap interval, resampled by patient and seeded by the " +
      "suite, is drawn once a run is complete; older files have none.",
  },
);
/** Means by the names of what they are of. */
export const means = z.record(z.string(), mean);

/** What a reader must know. */
export const warnings = z.array(
  z.object({
    code: z.enum(Object.keys(WARNINGS) as [WarningCode, ...WarningCode[]])
      .describe("Which of the closed set."),
    message: z.string().describe("What is the matter."),
    advice: z.string().describe("What to do about it."),
  }).meta({
    id: "WarningRecord",
    description: "What a reader must know before believing the numbers.",
  }),
);

/** Marks what was made. */
export const done = z.literal("done").describe("It was made.");
/** An experiment that was not made. */
export const refused = z.object({
  status: z.literal("refused").describe("It was not made."),
  reason: z.string().describe("Why."),
}).meta({ id: "Refused", description: "An experiment that was not made, and why." });

/** What the paper states. */
export const paper = z.object({
  place: z.string().describe("Where it says so."),
  numbers: z.record(z.string(), z.number()).describe("Its numbers by name."),
  words: z.record(z.string(), z.string()).describe("What it says in words, by name."),
}).meta({
  id: "PaperRecord",
  description: "What the paper states of the same thing, to stand beside what was found here.",
});
/** The same, as a field of an experiment. */
export const paperOfIt = paper.optional().describe(
  "What the paper states of it; absent in older files.",
);
