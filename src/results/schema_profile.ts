/**
 * The schema of a profile.
 *
 * @module
 */

import * as z from "zod";
import type { ProfileRecord } from "./profile_records.ts";
import { whole } from "./schema_parts.ts";

const amount = z.number().min(0);

const rates = {
  seconds: amount,
  flops: amount,
  bytes: amount,
  gflopPerSecond: amount.nullable(),
  gbPerSecond: amount.nullable(),
  share: amount.nullable(),
};

/** A profile, as `stackbench time --profile --json` prints it. */
export const profileSchema: z.ZodType<ProfileRecord> = z.strictObject({
  calls: z.int().min(1),
  peaks: z.strictObject({
    gflopPerSecond: z.number().positive(),
    gbPerSecond: z.number().positive(),
    tensorBytes: whole,
  }),
  steps: z.array(z.strictObject({
    name: z.string(),
    op: z.string(),
    fused: z.array(z.string()),
    implementation: z.string(),
    bound: z.enum(["compute", "memory"]),
    ...rates,
  })),
  groups: z.array(z.strictObject({ op: z.string(), steps: z.int().min(1), ...rates })),
  total: z.strictObject(rates),
  runSeconds: amount,
  overheadSeconds: z.number(),
});
