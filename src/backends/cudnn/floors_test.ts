/**
 * The floors of this backend: `cuda/` below `graph_api/` below `kernels/` below what stands in the
 * folder itself. No floor imports a higher one, and no two files import each other, types included.
 */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const ROOT = import.meta.dirname!;

/** Floors from the ground up; the last is the folder itself. */
const FLOORS = ["cuda", "graph_api", "kernels", ""];

/** Imports by file, both as paths from the folder. */
type Imports = ReadonlyMap<string, readonly string[]>;

function floorOf(file: string): number {
  const [folder, ...rest] = file.split("/");
  return FLOORS.indexOf(rest.length > 0 ? folder : "");
}

/** Arrows that go up, or out of the backend into another one. */
function wrongArrows(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets.filter((target) =>
      target.startsWith("../") ? /^\.\.\/\w+\/./.test(target) : floorOf(target) > floorOf(file)
    ).map((target) => `${file} imports ${target}`)
  );
}

/** A circle of imports; undefined where there is none. */
function circle(imports: Imports): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    done.add(file);
    for (const target of imports.get(file) ?? []) {
      const found = visit(target, [...path, file]);
      if (found) return found;
    }
    return undefined;
  };
  for (const file of imports.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

function* sources(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Imports of every file that lead to the backends. */
function readImports(): Imports {
  return new Map([...sources(ROOT)].map((path) => {
    // examples in comments import the file that they stand in
    const text = Deno.readTextFileSync(path).replaceAll(/^\s*\*.*$/gm, "");
    const targets = [...text.matchAll(/(?:from|import|import\()\s*"(\.[^"]+\.ts)"/g)]
      .map(([, specifier]) => relative(ROOT, join(dirname(path), specifier)))
      .filter((target) => !target.startsWith("../../"));
    return [relative(ROOT, path), targets];
  }));
}

Deno.test("no file of the backend imports a higher floor, another backend, or in a circle", () => {
  const imports = readImports();
  assert.ok(imports.size > 40, "the files were not found");
  for (const floor of FLOORS.keys()) {
    assert.ok([...imports.keys()].some((file) => floorOf(file) === floor), FLOORS[floor]);
  }
  assert.deepEqual(wrongArrows(imports), []);
  assert.deepEqual(circle(imports), undefined);
});

Deno.test("arrows that go up or out, and circles, are found", () => {
  const wrong = new Map([
    ["cuda/stream.ts", ["cuda/driver.ts", "graph_api/engines.ts"]],
    ["kernels/mod.ts", ["../onednn/reorder.ts", "../buffers.ts", "cuda/stream.ts"]],
    ["kernels/norms.ts", ["lowering.ts"]],
    ["lowering.ts", ["kernels/norms.ts"]],
  ]);
  assert.deepEqual(wrongArrows(wrong), [
    "cuda/stream.ts imports graph_api/engines.ts",
    "kernels/mod.ts imports ../onednn/reorder.ts",
    "kernels/norms.ts imports lowering.ts",
  ]);
  assert.deepEqual(circle(wrong), ["kernels/norms.ts", "lowering.ts", "kernels/norms.ts"]);
});
