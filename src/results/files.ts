/**
 * Reading and writing results files.
 *
 * @module
 */

import * as z from "zod";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, StackbenchError } from "../base/errors.ts";
import { canonicalJson } from "../base/hashing.ts";
import { contradictions } from "./consistency/contradictions.ts";
import { check } from "./exact.ts";
import { readJson } from "./json.ts";
import { type Migration, RUN_RESULT_MIGRATIONS } from "./migrations.ts";
import type { RunResult } from "./records.ts";
import { runResult } from "./schema/run_result.ts";
import { CURRENT, MINOR, type SchemaVersion, VERSION, versionText } from "./version.ts";

/** The JSON Schema (draft 2020-12) of results. */
export function runResultJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(runResult),
    title: `Stackbench RunResult ${versionText(CURRENT)}`,
  };
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
  const checked = check(runResult, result);
  const problems = "problems" in checked ? checked.problems : checked.unknown.map(unknownKey);
  if (problems.length > 0) {
    throw new StackbenchError(`the results break their own schema: ${problems.join("; ")}`, {
      advice: "this is a fault of stackbench: please report it",
    });
  }
  writeAtomically(path, [formatRunResult(result)]);
}

const AS_WRITTEN = "take the file as stackbench wrote it, or run the suite again";

/** Results that were read. */
export interface ParsedResult {
  /** The results, migrated to this program's version; keys of a newer minor version are kept. */
  readonly result: RunResult;
  /** Version of the file. */
  readonly from: SchemaVersion;
  /** Paths of the keys that this program does not know. */
  readonly unknown: readonly string[];
}

/**
 * Reads a results file, and tells what became of it on the way.
 *
 * @throws InputError as `readRunResult`
 */
export function readResultFile(path: string): ParsedResult {
  return parseRunResult(readJson(path), path);
}

/**
 * Reads results of this version, an older one, or a newer minor one.
 *
 * @param warn told where the file holds what this program does not know; silent unless given
 * @throws InputError when the file is no results file, of a newer version than this program's, or
 * when its numbers contradict each other
 */
export function readRunResult(
  path: string,
  warn: (message: string) => void = () => {},
): RunResult {
  const { result, from, unknown } = readResultFile(path);
  if (unknown.length > 0) {
    warn(
      `${path} has version ${versionText(from)}, this stackbench knows ${versionText(CURRENT)}: ` +
        `it says nothing of ${unknown.join(", ")}`,
    );
  }
  return result;
}

/**
 * Checks and migrates results.
 *
 * @param where what to call them in errors
 * @throws InputError when they are no results, of a newer version than this program's, or when their
 * numbers contradict each other
 */
export function parseRunResult(value: unknown, where: string): ParsedResult {
  const head = z.looseObject({
    schema: z.literal("stackbench/run-result"),
    version: z.int(),
    minor: z.int().min(0).default(0),
  }).safeParse(value);
  if (!head.success) {
    throw new InputError(`${where} is not a results file of stackbench`, {
      advice: "name the result.json that stackbench run or merge wrote",
    });
  }
  const { version, minor } = head.data;
  const current = migrated(
    value as Record<string, unknown>,
    version,
    VERSION,
    RUN_RESULT_MIGRATIONS,
    where,
  );
  const checked = check(runResult, current);
  const newer = version === VERSION && minor > MINOR;
  const problems = "problems" in checked
    ? checked.problems
    : newer
    ? []
    : checked.unknown.map(unknownKey);
  if ("problems" in checked || problems.length > 0) {
    throw new InputError(`${where} breaks the schema: ${problems.join("; ")}`, {
      advice: AS_WRITTEN,
    });
  }
  const wrong = contradictions(checked.data);
  if (wrong.length > 0) {
    throw new InputError(`${where} contradicts itself: ${wrong.join("; ")}`, {
      advice: AS_WRITTEN,
    });
  }
  return { result: checked.data, from: { version, minor }, unknown: checked.unknown };
}

/**
 * A file brought to a version, step by step.
 *
 * @throws InputError when it is newer, or of a version that never was
 */
export function migrated(
  file: Record<string, unknown>,
  from: number,
  to: number,
  migrations: ReadonlyMap<number, Migration>,
  where: string,
): unknown {
  if (from > to) {
    throw new InputError(`${where} has version ${from}; this stackbench reads up to ${to}`, {
      advice: "update stackbench",
    });
  }
  let current = file;
  for (let version = from; version < to; version++) {
    const migrate = migrations.get(version);
    if (!migrate) {
      throw new InputError(`${where} has version ${version}, which never was`, {
        advice: AS_WRITTEN,
      });
    }
    current = migrate(current);
  }
  return current;
}

function unknownKey(path: string): string {
  return `${path}: nobody knows this key`;
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
