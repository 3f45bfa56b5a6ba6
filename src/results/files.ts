/**
 * Reading and writing results files.
 *
 * @module
 */

import * as z from "zod";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, StackbenchError } from "../base/errors.ts";
import { canonicalJson } from "../base/hashing.ts";
import type { RunResult } from "./run_result.ts";
import { runResultSchema } from "./schema.ts";
import { readJson } from "./json.ts";

/** The version that this program writes. */
const VERSION = 1;

/** Steps from each older version to the next; there is no older one yet. */
const MIGRATIONS: ReadonlyMap<number, (result: unknown) => unknown> = new Map();

/** The JSON Schema (draft 2020-12) of RunResult v1. */
export function runResultJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(runResultSchema), title: "Stackbench RunResult v1" };
}

/** Results as the text of their file. */
export function formatRunResult(result: RunResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/**
 * Writes results, whole or not at all. They are checked first, so that no NaN becomes a silent null
 * and no file is written that could not be read again.
 *
 * @throws InputError when the file cannot be written
 */
export function writeRunResult(path: string, result: RunResult): void {
  const checked = runResultSchema.safeParse(result);
  if (!checked.success) {
    throw new StackbenchError(`the results break their own schema: ${problemsOf(checked.error)}`, {
      advice: "this is a fault of stackbench: please report it",
    });
  }
  writeAtomically(path, [formatRunResult(result)]);
}

/**
 * Reads results of this or an older version.
 *
 * @throws InputError when the file is no results file, or is newer than this program
 */
export function readRunResult(path: string): RunResult {
  return parseRunResult(readJson(path), path);
}

/**
 * Checks and migrates results.
 *
 * @param where what to call them in errors
 * @throws InputError when they are no results, or newer than this program
 */
export function parseRunResult(value: unknown, where: string): RunResult {
  const head = z.looseObject({ schema: z.literal("stackbench/run-result"), version: z.int() })
    .safeParse(value);
  if (!head.success) {
    throw new InputError(`${where} is not a results file of stackbench`);
  }
  if (head.data.version > VERSION) {
    throw new InputError(
      `${where} has version ${head.data.version}; this stackbench reads up to ${VERSION}`,
      { advice: "update stackbench" },
    );
  }
  let current = value;
  for (let version = head.data.version; version < VERSION; version++) {
    const migrate = MIGRATIONS.get(version);
    if (!migrate) throw new InputError(`${where} has version ${version}, which never was`);
    current = migrate(current);
  }
  const parsed = runResultSchema.safeParse(current);
  if (parsed.success) return parsed.data;
  throw new InputError(`${where} breaks the schema: ${problemsOf(parsed.error)}`);
}

/** The first problems in words. */
function problemsOf({ issues }: z.ZodError): string {
  return issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

/** Results without what differs from run to run: the rest is the same for the same inputs. */
export function withoutVolatile(result: RunResult): Omit<RunResult, "timing" | "volatile"> {
  const { timing: _timing, volatile: _volatile, ...rest } = result;
  return rest;
}

/** Whether two runs came to the same: they are identical without what differs from run to run. */
export function sameResult(a: RunResult, b: RunResult): boolean {
  return canonicalJson(withoutVolatile(a)) === canonicalJson(withoutVolatile(b));
}
