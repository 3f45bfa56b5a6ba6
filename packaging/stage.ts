/**
 * The tree that a binary is compiled from: tracked files only, and a `build.json` of its own.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { InputError } from "../src/base/errors.ts";
import type { Build } from "../src/base/installation.ts";

/** What of a checkout can become part of a binary; the compiler takes what is used of it. */
const PARTS = [
  "LICENSE",
  "benchmarks/suites",
  "deno.json",
  "deno.lock",
  "fixtures/weights",
  "native",
  "src",
];

/** Where a build says what it is. */
const BUILD_FILE = "src/base/build.json";

/** A file that is put into the tree besides. */
export interface AddedFile {
  /** Where it is. */
  readonly from: string;
  /** Where it goes, from the top of the tree. */
  readonly to: string;
}

/**
 * Copies the tree into an empty folder.
 *
 * @param checkout the top of a git checkout
 * @throws InputError where git does not list its files, or does not track some
 */
export function stage(
  checkout: string,
  folder: string,
  build: Build,
  added: readonly AddedFile[] = [],
): void {
  const untracked = listed(checkout, "--others", "--exclude-standard");
  if (untracked.length > 0) {
    throw new InputError(`git does not track ${untracked.join(", ")}`, {
      advice: "git add what belongs to the program, and take the rest out of it",
    });
  }
  for (const path of listed(checkout)) copy(join(checkout, path), join(folder, path));
  for (const { from, to } of added) copy(from, join(folder, to));
  Deno.writeTextFileSync(join(folder, BUILD_FILE), `${JSON.stringify(build, null, 2)}\n`);
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(dirname(to), { recursive: true });
  Deno.copyFileSync(from, to);
}

/** The files that git tracks, as they are in the working tree; others where options say so. */
function listed(checkout: string, ...options: string[]): string[] {
  const { success, stdout, stderr } = new Deno.Command("git", {
    args: ["ls-files", "-z", ...options, "--", ...PARTS],
    cwd: checkout,
  }).outputSync();
  if (!success) {
    throw new InputError(`git lists no files: ${new TextDecoder().decode(stderr).trim()}`, {
      advice: "compile from a git checkout: what a binary is made of is what git tracks",
    });
  }
  return new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
}
