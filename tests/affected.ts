/**
 * Which tests a change concerns.
 *
 * @module
 */

import { join } from "node:path";
import { type Imports, readImports } from "./house.ts";

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
 * Imports of the TypeScript files in folders, and the files that they start as programs, which they
 * name by their path from the root.
 */
export function importsIn(root: string, folders: readonly string[]): Imports {
  const imports = readImports(root, folders);
  return new Map([...imports].map(([file, imported]) => {
    const text = Deno.readTextFileSync(join(root, file));
    const started = [...imports.keys()].filter((other) => text.includes(`"${other}"`));
    return [file, [...imported, ...started]];
  }));
}
