/**
 * Every check, the quickest first: `deno task ok`. It stops at the first that fails.
 *
 * @module
 */

import { join } from "node:path";
import configuration from "../deno.json" with { type: "json" };
import { writeError } from "../src/cli/terminal.ts";
import { affectedTests, importsIn } from "../tests/affected.ts";

const ROOT = join(import.meta.dirname!, "..");

/** Entry points of the library: all of them are documented. */
const ENTRIES = typeof configuration.exports === "string"
  ? [configuration.exports]
  : Object.values<string>(configuration.exports);

/** Above this share of all tests it is not worth while to run those of a change by themselves. */
const MOST = 0.5;

/** A command's output; null where it failed or cannot be run. */
async function outputOf(command: string, ...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, cwd: ROOT }).output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch {
    // not installed: then nothing is known of changes
    return null;
  }
}

/** Files that differ from the main branch, committed or not; null where git does not tell. */
async function changedFiles(): Promise<string[] | null> {
  const base = await outputOf("git", "merge-base", "HEAD", "main");
  const changed = await outputOf("git", "diff", "--name-only", base?.trim() ?? "HEAD");
  const added = await outputOf("git", "ls-files", "--others", "--exclude-standard");
  if (changed === null || added === null) return null;
  return `${changed}${added}`.split("\n").filter((file) => file !== "");
}

/** Tests of what changed, and changed files whose examples are tests; none where that is most. */
async function testsOfChange(): Promise<string[]> {
  const changed = await changedFiles();
  if (changed === null) return [];
  const imports = importsIn(ROOT, ["src", "tests", "benchmarks", "packaging"]);
  const tests = affectedTests(imports, changed);
  const all = [...imports.keys()].filter((file) => file.endsWith("_test.ts"));
  if (tests.length > MOST * all.length) return [];
  const examples = changed.filter((file) =>
    /^(src|tests|packaging)\//.test(file) && imports.has(file)
  );
  return [...new Set([...tests, ...examples])];
}

/** Runs one check with this Deno; ends the process where it fails. */
async function step(name: string, ...args: string[]): Promise<void> {
  const start = performance.now();
  writeError(`${name}\n`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  writeError(`${name}: ${success ? "ok" : "FAILED"}, ${seconds} s\n\n`);
  if (!success) Deno.exit(1);
}

await step("format", "fmt", "--check", "--quiet");
await step("lint", "lint", "--quiet");
await step(
  "types",
  "check",
  "--quiet",
  "mod.ts",
  "src",
  "tests",
  "docs",
  "examples",
  "benchmarks",
  "packaging",
  ".ci",
);
await step("docs", "doc", "--lint", "--quiet", ...ENTRIES);
const first = await testsOfChange();
if (first.length > 0) {
  await step("tests of what changed", "task", "--quiet", "test-of", ...first);
}
await step("all tests", "task", "--quiet", "test");
