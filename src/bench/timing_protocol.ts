/**
 * How a process that times is talked to: a line of JSON asks, a line of JSON answers, one at a time.
 *
 * ```text
 * {"ask":"open", "model":{...}, "backend":"onednn", ...}   {"answer":"opened", "facts":{...}, ...}
 * {"ask":"network", "times":3}                             {"answer":"seconds", "seconds":[...]}
 * {"ask":"scan"}                                           {"answer":"scan", "seconds":{...}}
 * {"ask":"moment"}                                         {"answer":"moment", "moment":{...}}
 * {"ask":"run", "scope":"case"}                            {"answer":"run", "seconds":{...}}
 * {"ask":"plan"}                                           {"answer":"plan", "plan":{...}}
 * {"ask":"segment", "scan":{...}}                          {"answer":"segmented", "mask":{...}}
 * {"ask":"slow", "share":0.05, "kind":"busy"}              {"answer":"slowed"}
 * anything that fails                                      {"answer":"failed", "message":"..."}
 * ```
 *
 * It ends when its input does. Whoever compares two builds talks to both in turn, so what is said
 * here may be added to, and not changed; `opened` tells what else may be asked.
 *
 * @module
 */

import * as z from "zod";
import { BACKEND_NAMES, PRECISIONS } from "../backends/backend.ts";
import type { LoadedCase } from "../datasets/mod.ts";
import { windowSchema } from "../datasets/manifest.ts";
import { FIELD_CHOICES, FILLINGS, WEIGHTINGS } from "../imaging/mod.ts";
import type { PlanFacts } from "./plan_facts.ts";
import { RUN_SCOPES } from "./run_scopes.ts";
import { SLOWNESS_KINDS } from "./slowed.ts";
import {
  type CaseSeconds,
  type RunSeconds,
  type SegmentedScan,
  type TimedFacts,
  type TimedMoment,
} from "./timing_session.ts";

/** Version of what is said. */
export const TIMING_PROTOCOL = 1;

const model = z.object({
  model: z.string(),
  input: z.array(z.int().min(1)).optional(),
  options: z.record(z.string(), z.string()),
  weights: z.string().nullable(),
  stripPrefix: z.string().optional(),
  ensemble: z.array(z.string()).optional(),
  field: z.enum(FIELD_CHOICES).optional(),
  batch: z.union([z.int().min(1), z.literal("auto")]),
  overlap: z.number().min(0).max(0.95),
  stitching: z.enum(WEIGHTINGS),
  filling: z.enum(FILLINGS).optional(),
});

const scan = z.object({
  image: z.string(),
  reading: z.custom<LoadedCase["reading"]>().optional(),
  window: windowSchema,
  threshold: z.number(),
  maskPath: z.string(),
});

/** What may be asked. */
export const question = z.discriminatedUnion("ask", [
  z.object({
    ask: z.literal("open"),
    model,
    backend: z.enum(BACKEND_NAMES),
    precision: z.enum(PRECISIONS),
    seed: z.int().min(0),
    scan: scan.nullable(),
  }),
  z.object({ ask: z.literal("network"), times: z.int().min(1) }),
  z.object({ ask: z.literal("scan") }),
  z.object({ ask: z.literal("moment") }),
  z.object({ ask: z.literal("run"), scope: z.enum(RUN_SCOPES) }),
  z.object({ ask: z.literal("plan") }),
  z.object({ ask: z.literal("segment"), scan }),
  z.object({
    ask: z.literal("slow"),
    share: z.number().min(0),
    kind: z.enum(SLOWNESS_KINDS),
  }),
]);

/** Names of all questions, as `opened` tells them. */
export const ASKS: readonly Question["ask"][] = question.options.map(({ shape }) =>
  shape.ask.value
);

/** Names of all settings of a model, as `opened` tells them: others are not looked at. */
export const SETTINGS: readonly string[] = Object.keys(model.shape);

/** One question. */
export type Question = ReadOnly<z.infer<typeof question>>;

type ReadOnly<T> = T extends ArrayBufferView ? T
  : T extends readonly (infer _)[] ? { readonly [K in keyof T]: ReadOnly<T[K]> }
  : T extends object ? { readonly [K in keyof T]: ReadOnly<T[K]> }
  : T;

/** What is answered. */
export type Answer =
  | {
    readonly answer: "opened";
    readonly protocol: number;
    readonly facts: TimedFacts;
    /** What may be asked; absent where that is what the first version had. */
    readonly asks?: readonly string[];
    /** Settings of a model that it looks at; absent where it does not tell. */
    readonly settings?: readonly string[];
  }
  | { readonly answer: "seconds"; readonly seconds: readonly number[] }
  | { readonly answer: "scan"; readonly seconds: CaseSeconds }
  | { readonly answer: "moment"; readonly moment: TimedMoment }
  | { readonly answer: "run"; readonly seconds: RunSeconds }
  | { readonly answer: "plan"; readonly plan: PlanFacts }
  | { readonly answer: "segmented"; readonly mask: SegmentedScan }
  | { readonly answer: "slowed" }
  | { readonly answer: "failed"; readonly message: string; readonly advice?: string };
