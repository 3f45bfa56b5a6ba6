/**
 * Tests that run on the GPU, and NVIDIA's compute-sanitizer, which can watch them.
 *
 * @module
 */

import { join } from "node:path";
import type { Outcome } from "./runner.ts";

/** The path of compute-sanitizer; undefined where it is not installed. */
export function findSanitizer(
  folders: readonly string[] = [
    ...(Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder),
    "/usr/local/cuda/bin",
  ],
): string | undefined {
  return folders.map((folder) => join(folder, "compute-sanitizer")).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      // not in this folder
      return false;
    }
  });
}

/**
 * What became of tests, from what `deno test` and compute-sanitizer wrote. Tests of which none ran
 * have not passed.
 *
 * @param watchedBy the tool of compute-sanitizer; null without one
 *
 * @example
 * ```ts
 * import { readTests } from "./tests.ts";
 * import assert from "node:assert/strict";
 * const text = "a ... ok\nb ... FAILED (1s)\n\nFAILED | 1 passed | 1 failed (2s)";
 * assert.deepEqual(readTests({ code: 1, text }, null), {
 *   status: "failed",
 *   reason: "1 of 2 tests failed: b",
 * });
 * ```
 */
export function readTests(
  { code, text }: { readonly code: number; readonly text: string },
  watchedBy: string | null,
): Outcome {
  const failed = (reason: string): Outcome => ({ status: "failed", reason });
  const [, passed, broken] = /\| (\d+) passed (?:\([^)]*\) )?\| (\d+) failed/.exec(text) ?? [];
  if (passed === undefined) return failed(`the tests did not run (code ${code})${lastLine(text)}`);
  if (Number(broken) > 0) {
    const names = [...text.matchAll(/^(.+) \.\.\. FAILED/gm)].map(([, name]) => name);
    const count = `${broken} of ${Number(passed) + Number(broken)} tests failed`;
    return failed(`${count}: ${[...new Set(names)].join("; ")}`);
  }
  if (Number(passed) === 0) return failed("no test ran: the backend is not available there");
  if (watchedBy) {
    const [, errors] = /ERROR SUMMARY: (\d+) error/.exec(text) ??
      /RACECHECK SUMMARY: (\d+) hazard/.exec(text) ?? [];
    if (errors === undefined) return failed(`${watchedBy} gave no summary (code ${code})`);
    if (errors !== "0") return failed(`${watchedBy} found ${errors} errors`);
  }
  if (code !== 0) return failed(`the tests ended with code ${code}${lastLine(text)}`);
  return { status: "done", result: { kind: "tests", passed: Number(passed), watchedBy } };
}

function lastLine(text: string): string {
  const line = text.trim().split("\n").findLast((one) => /error/i.test(one));
  return line ? `: ${line.slice(0, 200)}` : "";
}
