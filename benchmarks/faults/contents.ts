/**
 * What a command left: a hash of each file, without what differs from time to time.
 *
 * @module
 */

import { join } from "node:path";
import { sha256 } from "../../src/base/hashing.ts";
import { readRunResult, withoutVolatile } from "../../src/results/mod.ts";

/** Hashes by path. */
export type Contents = ReadonlyMap<string, string>;

/** SHA-256 of each file below a folder, by its path; of results and logs without their times. */
export function contentsOf(top: string, below = ""): Contents {
  const found = new Map<string, string>();
  let entries: Deno.DirEntry[] = [];
  try {
    entries = [...Deno.readDirSync(join(top, below))];
  } catch (error) {
    // stopped before it was made
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const { name, isDirectory } of entries) {
    const path = join(below, name);
    if (isDirectory) contentsOf(top, path).forEach((hash, inner) => found.set(inner, hash));
    else found.set(path, hashOf(join(top, path)));
  }
  return found;
}

/** In what files differ from those that should be there, in words. */
export function differences(now: Contents, whole: Contents): string[] {
  return [
    ...[...whole.keys()].filter((path) => !now.has(path)).map((path) => `${path} is missing`),
    ...[...whole].filter(([path, hash]) => now.has(path) && now.get(path) !== hash)
      .map(([path]) => `${path} differs`),
    ...[...now.keys()].filter((path) => !whole.has(path)).map((path) => `${path} is litter`),
  ];
}

function hashOf(path: string): string {
  try {
    if (path.endsWith("result.json")) {
      return sha256(JSON.stringify(withoutVolatile(readRunResult(path))));
    }
    if (path.endsWith("gate.json")) return JSON.parse(Deno.readTextFileSync(path)).verdict;
    // these say when they were written
    if (path.endsWith("checked.json")) {
      return Object.keys(JSON.parse(Deno.readTextFileSync(path))).join();
    }
    if (/\.(jsonl|log)$/.test(path)) return "a log";
    return sha256(Deno.readFileSync(path));
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : error}`;
  }
}
