/**
 * Reading and writing checks of a GPU.
 *
 * @module
 */

import * as z from "zod";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, StackbenchError } from "../base/errors.ts";
import { check } from "./exact.ts";
import { migrated } from "./files.ts";
import { readJson } from "./json.ts";
import { GPU_CHECK_MIGRATIONS } from "./migrations.ts";
import type { GpuCheck } from "./records.ts";
import { gpuCheck } from "./schema/gpu_check.ts";

/** The version that this program writes. */
const VERSION = 2;

const AS_WRITTEN = "take the file as benchmarks/gpu_check.ts wrote it";

/**
 * Writes a check, whole or not at all, once it holds to its schema.
 *
 * @throws InputError when the file cannot be written
 */
export function writeGpuCheck(path: string, value: GpuCheck): void {
  const problems = problemsOf(value);
  if (problems.length > 0) {
    throw new StackbenchError(`the check breaks its own schema: ${problems.join("; ")}`, {
      advice: "this is a fault of stackbench: please report it",
    });
  }
  writeAtomically(path, [`${JSON.stringify(value, null, 2)}\n`]);
}

/**
 * Reads a check of this version or an older one.
 *
 * @throws InputError when it cannot be read, is none, or is newer
 */
export function readGpuCheck(path: string): GpuCheck {
  const value = readJson(path);
  const head = z.looseObject({ schema: z.literal("stackbench/gpu-check"), version: z.int() })
    .safeParse(value);
  if (!head.success) throw new InputError(`${path} is no check of a GPU`, { advice: AS_WRITTEN });
  const { version } = head.data;
  const current = migrated(head.data, version, VERSION, GPU_CHECK_MIGRATIONS, path);
  const problems = problemsOf(current);
  if (problems.length === 0) return current as GpuCheck;
  throw new InputError(`${path} is no check of a GPU: ${problems.join("; ")}`, {
    advice: AS_WRITTEN,
  });
}

function problemsOf(value: unknown): readonly string[] {
  const checked = check(gpuCheck, value);
  return "problems" in checked
    ? checked.problems
    : checked.unknown.map((key) => `${key}: nobody knows this key`);
}
