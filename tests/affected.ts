/**
 * Which tests a change concerns.
 *
 * @module
 */

import { dirname, join } from "node:path";

/** The files that each file imports, all relative to one folder. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * The tests among files that import a changed file, through whatever others, or have changed
 * themselves; in order.
 *
 * @example
 * ```ts
 * import { affectedTests } from "./affected.ts";
 * import assert from "node:assert/strict";
 * const imports = new Map([
 *   ["a_test.ts", ["b.ts"]],
 *   ["b.ts", ["c.ts"]],
 *   ["c.ts", []],
 *   ["d_test.ts", ["a.ts"]],
 * ]);
 * assert.deepEqual(affectedTests(imports, ["c.ts"]), ["a_test.ts"]);
 * ```
 */
export function affectedTests(imports: Imports, changed: readonly string[]): string[] {
  const importers = new Map<string, string[]>();
  for (const [file, targets] of imports) {
    for (const target of targets) importers.set(target, [...importers.get(target) ?? [], file]);
  }
  const concerned = new Set(changed);
  for (const file of concerned) importers.get(file)?.forEach((one) => concerned.add(one));
  return [...imports.keys()].filter((file) => file.endsWith("_test.ts") && concerned.has(file))
    .sort();
}

/**
 * Imports of the TypeScript files in folders, types and imports on demand included, and the files
 * that they start as programs, which they name by their path from the root.
 */
export function importsIn(root: string, folders: readonly string[]): Imports {
  const files = folders.flatMap((folder) => [...sourcesIn(root, folder)]);
  return new Map(files.map((file) => {
    const text = Deno.readTextFileSync(join(root, file));
    const specifiers = text.matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g);
    const imported = [...specifiers].map(([, specifier]) => join(dirname(file), specifier));
    return [file, [...imported, ...files.filter((other) => text.includes(`"${other}"`))]];
  }));
}

function* sourcesIn(root: string, folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(root, folder))) {
    const path = join(folder, name);
    if (isDirectory) yield* sourcesIn(root, path);
    else if (name.endsWith(".ts")) yield path;
  }
}
