/**
 * The layer rule: who may import whom. A new arrow is a decision, made here and in
 * ARCHITECTURE.md, not an accident.
 */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const SRC = join(import.meta.dirname!, "..", "src");

/** Rooms that each room may import; and whoever may import a room may import what that may. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  platform: ["base"],
  tensor: ["base"],
  graph: ["base", "tensor"],
  plan: ["graph"],
  backends: ["base", "platform", "tensor", "plan"],
  models: ["graph"],
  imaging: ["base", "tensor"],
  datasets: ["imaging"],
  metrics: ["imaging"],
  segmentation: ["backends", "models", "imaging"],
  training: ["segmentation", "datasets", "metrics"],
  statistics: ["base"],
  progress: ["base"],
  results: ["base", "platform", "metrics", "statistics"],
  bench: ["segmentation", "datasets", "metrics", "statistics", "progress", "results"],
  report: ["results", "statistics"],
  cli: ["bench", "training", "report"],
};

function reachable(room: string): Set<string> {
  const rooms = new Set([room]);
  for (const known of rooms) for (const next of ARROWS[known]) rooms.add(next);
  return rooms;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

const roomOf = (path: string) => relative(SRC, path).split("/")[0];

Deno.test("rooms import only what the house allows", async () => {
  const wrong: string[] = [];
  let imports = 0;
  for await (const path of sources(SRC)) {
    const room = roomOf(path);
    const allowed = reachable(room);
    const text = await Deno.readTextFile(path);
    for (const [, specifier] of text.matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g)) {
      imports++;
      // data, such as the version in deno.json and the sources of GPU kernels, is no room
      if (specifier.endsWith(".json") || specifier.endsWith(".cu")) continue;
      const target = roomOf(join(dirname(path), specifier));
      if (!allowed.has(target)) wrong.push(`${relative(SRC, path)} imports ${target}`);
    }
  }
  assert.ok(imports > 50, "the imports were not found");
  assert.deepEqual(wrong, []);
});

/** Rooms and their arrows as ARCHITECTURE tells them. */
function toldArrows(): Map<string, readonly string[]> {
  const text = Deno.readTextFileSync(join(SRC, "..", "ARCHITECTURE.md"));
  const rows = text.matchAll(/^\| `(\w+)` +\|[^|]+\|([^|]+)\|$/gm);
  return new Map(
    [...rows].map(([, room, arrows]) => [room, arrows.match(/\w+/g) ?? []]),
  );
}

Deno.test("ARCHITECTURE tells of the same rooms and arrows", () => {
  const told = toldArrows();
  assert.deepEqual([...told.keys()].toSorted(), Object.keys(ARROWS).toSorted());
  for (const room of told.keys()) {
    const rooms = new Set([room]);
    for (const known of rooms) for (const next of told.get(known)!) rooms.add(next);
    assert.deepEqual([...rooms].toSorted(), [...reachable(room)].toSorted(), room);
  }
});
