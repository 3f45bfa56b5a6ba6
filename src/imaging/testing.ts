/**
 * Helpers of this room's tests.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../base/errors.ts";

/** The folder of small DICOM and NIfTI files. */
export const FIXTURES: string = fileURLToPath(new URL("../../fixtures/imaging", import.meta.url));

/** A path below the fixtures. */
export function fixture(...parts: string[]): string {
  return join(FIXTURES, ...parts);
}

/** Real data beside the checkout, null where it is absent. */
export function sharedData(name: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  try {
    Deno.statSync(path);
    return path;
  } catch {
    return null;
  }
}

/** Runs work with a folder of its own, removed afterwards. */
export function withFolder<T>(work: (folder: string) => T): T {
  const folder = Deno.makeTempDirSync();
  try {
    return work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Asserts that work is refused by a rule, and returns the error. */
export function assertRefused(work: () => unknown, rule: string, ...says: RegExp[]): InputError {
  let error: unknown;
  try {
    work();
  } catch (thrown) {
    error = thrown;
  }
  assert(error instanceof InputError, `expected a refusal (${rule}), got ${error ?? "none"}`);
  assert.equal(error.details.rule, rule, error.message);
  for (const say of says) assert.match(error.message, say);
  return error;
}
