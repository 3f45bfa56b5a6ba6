/**
 * The schema of GpuCheck v1, its reader and writer.
 *
 * @module
 */

import * as z from "zod";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, StackbenchError } from "../base/errors.ts";
import type { GpuCheck } from "./gpu_check_records.ts";
import { deviceState, environment, moment, tool } from "./schema.ts";
import { whole } from "./schema_parts.ts";
import { profileSchema } from "./schema_profile.ts";
import { readJson } from "./json.ts";

const seconds = z.number().min(0);

const times = z.strictObject({
  rounds: z.array(z.array(seconds)),
  median: seconds,
  deviceMemory: whole.nullable(),
});

const mode = z.enum(["eager", "compile"]);

const peer = z.union([
  z.strictObject({
    mode,
    status: z.literal("done"),
    torch: z.string(),
    device: z.enum(["cuda", "cpu"]),
    setting: z.string().optional(),
    times,
    ratio: z.strictObject({
      median: seconds,
      interval: z.tuple([seconds, seconds]).nullable(),
    }),
  }),
  z.strictObject({ mode, status: z.literal("missing"), reason: z.string() }),
]);

const compared = {
  model: z.string(),
  input: z.array(whole),
  precision: z.string(),
  flops: z.number().min(0),
  ours: times,
  peers: z.array(peer),
  state: z.strictObject({ before: deviceState, after: deviceState }).nullable(),
};

/** What a part found, as its process prints it. */
export const partResultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("tests"), passed: whole, watchedBy: z.string().nullable() }),
  z.strictObject({
    kind: z.literal("network"),
    ...compared,
    share: z.strictObject({ flops: seconds, bandwidth: seconds }),
    profile: profileSchema,
  }),
  z.strictObject({
    kind: z.literal("scan"),
    ...compared,
    shape: z.tuple([whole, whole, whole]),
    executions: whole,
    phases: z.record(z.string(), seconds),
  }),
]);

const part = z.discriminatedUnion("status", [
  z.strictObject({
    name: z.string(),
    status: z.literal("done"),
    seconds,
    result: partResultSchema,
  }),
  z.strictObject({ name: z.string(), status: z.literal("failed"), seconds, reason: z.string() }),
  z.strictObject({
    name: z.string(),
    status: z.enum(["later", "impossible"]),
    reason: z.string(),
  }),
]);

/** Checks a GpuCheck v1. */
export const gpuCheckSchema: z.ZodType<GpuCheck> = z.strictObject({
  schema: z.literal("stackbench/gpu-check"),
  version: z.literal(1),
  status: z.enum(["partial", "complete"]),
  tool,
  settings: z.enum(["full", "tiny"]),
  environment,
  emulated: z.boolean(),
  origins: z.record(z.string(), z.string()).optional(),
  parts: z.array(part),
  volatile: z.strictObject({ startedAt: moment, writtenAt: moment }),
});

/**
 * Writes a check, whole or not at all, once it holds to its schema.
 *
 * @throws InputError when the file cannot be written
 */
export function writeGpuCheck(path: string, check: GpuCheck): void {
  const checked = gpuCheckSchema.safeParse(check);
  if (!checked.success) {
    throw new StackbenchError(
      `the check breaks its own schema: ${z.prettifyError(checked.error)}`,
      {
        advice: "this is a fault of stackbench: please report it",
      },
    );
  }
  writeAtomically(path, [`${JSON.stringify(check, null, 2)}\n`]);
}

/**
 * Reads a check.
 *
 * @throws InputError when it cannot be read, or is none of this version
 */
export function readGpuCheck(path: string): GpuCheck {
  const parsed = gpuCheckSchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw new InputError(`${path} is no check of a GPU: ${z.prettifyError(parsed.error)}`);
}
