/**
 * The floors of a backend: a lower one never imports a higher one, and no two files each other.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { circlesOf, climbsOf, importsOf } from "./imports.ts";

const BACKENDS = join(import.meta.dirname!, "..", "src", "backends");

/** Floors by backend, the lowest first; files beside the folders stand above them all. */
const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  onednn: [["library"], ["memory", "loops", "threads"], ["lowering"], ["kernels"]],
};

for (const [backend, floors] of Object.entries(FLOORS)) {
  Deno.test(`${backend}: no floor imports one above it, and no file is in a circle`, async () => {
    const folder = join(BACKENDS, backend);
    const graph = await importsOf(folder);
    assert.ok(graph.size > 20, "the files were not found");
    for (const room of floors.flat()) {
      const files = [...graph.keys()].filter((file) => file.startsWith(join(folder, room)));
      assert.ok(files.length > 0, `there is no ${room}`);
    }
    assert.deepEqual(climbsOf(graph, folder, floors), []);
    assert.deepEqual(circlesOf(graph), []);
  });
}

Deno.test("a floor that climbs, neighbours that meet and circles are found", () => {
  const graph = new Map([
    ["/b/mod.ts", ["/b/high/x.ts", "/b/low/x.ts"]],
    ["/b/high/x.ts", ["/b/high/y.ts", "/b/low/x.ts", "/elsewhere.ts"]],
    ["/b/high/y.ts", ["/b/high/x.ts"]],
    ["/b/low/x.ts", ["/b/high/x.ts", "/b/side/x.ts", "/b/mod.ts"]],
    ["/b/side/x.ts", []],
  ]);
  assert.deepEqual(climbsOf(graph, "/b", [["low", "side"], ["high"]]), [
    "low/x.ts imports high/x.ts",
    "low/x.ts imports side/x.ts",
    "low/x.ts imports mod.ts",
  ]);
  const circles = circlesOf(graph).map((circle) => circle.join(" "));
  assert.ok(circles.includes("/b/high/x.ts /b/high/y.ts /b/high/x.ts"));
  assert.ok(circles.some((circle) => /low.*mod|mod.*low/.test(circle)));
  assert.deepEqual(circlesOf(new Map([["/a.ts", ["/b.ts"]], ["/b.ts", []]])), []);
});
