/**
 * The layer rule: who may import whom. A new arrow is a decision, made here and in
 * ARCHITECTURE.md, not an accident.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Arrows,
  circles,
  type Floors,
  type Imports,
  readImports,
  wrongArrows,
  wrongFloors,
  wrongNeighbours,
} from "./house.ts";

const ARROWS: Arrows = {
  base: [],
  platform: ["base"],
  tensor: ["base"],
  graph: ["base", "tensor"],
  plan: ["graph"],
  backends: ["platform", "plan"],
  models: ["graph"],
  onnx: ["graph"],
  imaging: ["tensor"],
  datasets: ["imaging"],
  metrics: ["imaging"],
  segmentation: ["backends", "models", "imaging"],
  training: ["segmentation", "datasets", "metrics"],
  statistics: ["base"],
  progress: ["base"],
  results: ["platform", "metrics", "statistics"],
  bench: ["segmentation", "datasets", "progress", "results"],
  comparison: ["results"],
  gate: ["bench", "comparison", "statistics"],
  report: ["results", "statistics"],
  cli: ["bench", "training", "comparison", "gate", "report", "onnx"],
};

/** The floors of the backends, the lowest first. */
const FLOORS: Floors = {
  "src/backends/cudnn": [["cuda"], ["graph_api"], ["kernels"], ["."]],
  "src/backends/onednn": [
    ["library"],
    ["memory", "loops", "threads"],
    ["lowering"],
    ["kernels"],
    ["."],
  ],
};

const ROOT = join(import.meta.dirname!, "..");
const IMPORTS = readImports(ROOT, ["src", "benchmarks", "packaging", "tests"]);

Deno.test("rooms import only what the house allows", () => {
  assert.ok(IMPORTS.size > 300, "the files were not found");
  assert.deepEqual(wrongArrows(IMPORTS, ARROWS), []);
});

Deno.test("ARCHITECTURE.md names the same arrows", async () => {
  const text = await Deno.readTextFile(join(ROOT, "ARCHITECTURE.md"));
  const rows = [...text.matchAll(/^\| `(\w+)` +\|[^|]*\| ([^|]*?) +\|$/gm)];
  const named = Object.fromEntries(rows.map(([, room, arrows]) => [
    room,
    arrows === "-" ? [] : arrows.split(", "),
  ]));
  assert.deepEqual(named, ARROWS);
});

Deno.test("floors of the backends rest on lower ones, and no backend on another", () => {
  for (const [folder, storeys] of Object.entries(FLOORS)) {
    for (const name of storeys.flat().filter((name) => name !== ".")) {
      const files = [...IMPORTS.keys()].filter((path) => path.startsWith(`${folder}/${name}/`));
      assert.ok(files.length > 0, `there is no ${name} in ${folder}`);
    }
  }
  assert.deepEqual(wrongFloors(IMPORTS, FLOORS), []);
  assert.deepEqual(wrongNeighbours(IMPORTS, "src/backends"), []);
});

Deno.test("no files import each other in a circle", () => {
  assert.deepEqual(circles(IMPORTS), []);
});

Deno.test("the rule itself: each kind of wrong import is found, and nothing else", () => {
  const house: Imports = new Map([
    ["src/base/a.ts", []],
    ["src/backends/buffers.ts", ["src/base/a.ts"]],
    ["src/backends/cudnn/cuda/driver.ts", ["src/base/a.ts", "src/backends/buffers.ts"]],
    ["src/backends/cudnn/graph_api/engines.ts", ["src/backends/cudnn/cuda/driver.ts"]],
    ["src/backends/cudnn/mod.ts", ["src/backends/cudnn/graph_api/engines.ts"]],
    ["src/backends/mod.ts", ["src/backends/cudnn/mod.ts"]],
    ["tests/a.ts", ["src/backends/mod.ts"]],
  ]);
  const floors: Floors = { "src/backends/cudnn": [["cuda"], ["graph_api"], ["."]] };
  const verdicts = (imports: Imports) =>
    [
      wrongArrows(imports, { base: [], backends: ["base"] }),
      wrongFloors(imports, floors),
      wrongNeighbours(imports, "src/backends"),
      circles(imports),
    ].map((found) => found.length > 0);
  const withImport = (path: string, target: string) =>
    verdicts(new Map([...house, [path, [...house.get(path) ?? [], target]]]));

  assert.deepEqual(verdicts(house), [false, false, false, false]);
  assert.deepEqual(withImport("src/base/a.ts", "src/backends/mod.ts"), [true, false, false, true]);
  assert.deepEqual(
    withImport("src/backends/cudnn/cuda/driver.ts", "src/backends/cudnn/graph_api/plain.ts"),
    [false, true, false, false],
  );
  assert.deepEqual(
    withImport("src/backends/cudnn/cuda/driver.ts", "src/backends/cudnn/graph_api/engines.ts"),
    [false, true, false, true],
  );
  assert.deepEqual(
    withImport("src/backends/cudnn/cuda/driver.ts", "src/backends/onednn/session.ts"),
    [false, false, true, false],
  );
  assert.deepEqual(
    withImport("src/backends/cudnn/cellar/rat.ts", "src/base/a.ts"),
    [false, true, false, false],
  );
  const sideways: Imports = new Map([["f/memory/a.ts", ["f/loops/b.ts"]], ["f/loops/b.ts", []]]);
  assert.equal(wrongFloors(sideways, { f: [["memory", "loops"]] }).length, 1);
});
