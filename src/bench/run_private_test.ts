import assert from "node:assert/strict";
import { join } from "node:path";
import { BACKENDS } from "../backends/mod.ts";
import { loadManifest, writePhantoms } from "../datasets/mod.ts";
import { seededWeights } from "../graph/weights.ts";
import { buildModel } from "../models/mod.ts";
import { quietProgress } from "../progress/mod.ts";
import { writeSafetensors } from "../tensor/safetensors.ts";
import { runSuite } from "./run_suite.ts";
import { parseSuite } from "./suite.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-private-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

Deno.test("of data that is not public no id stands in results or in names of files", async () => {
  const input = [8, 16, 16];
  const { graph } = buildModel("vnet:small", { spatial: input });
  const source = seededWeights(graph, 5);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  writeSafetensors(join(FOLDER, "w.safetensors"), new Map(names.map((key) => [key, source(key)])));
  const request = { seed: 3, scans: 2, shape: [12, 16, 16], healthy: 0 } as const;
  const loaded = loadManifest(await writePhantoms(join(FOLDER, "phantoms"), request));
  const suite = parseSuite({
    schema: "stackbench/suite",
    version: 1,
    name: "private",
    dataset: { manifest: "unused" },
    models: [{ model: "vnet:small", input, weights: "w.safetensors" }],
    experiments: ["dice", "masks"],
  }, "test");
  using backend = BACKENDS.find(({ name }) => name === "reference")!.open();
  const out = join(FOLDER, "out");
  const { experiments: { masks } } = await runSuite({
    loaded: { suite, folder: FOLDER },
    manifest: { ...loaded, manifest: { ...loaded.manifest, public: false } },
    backend,
    timingCommand: null,
    out,
    resume: false,
    progress: quietProgress(),
    signal: new AbortController().signal,
  });
  assert.ok(masks?.status === "done");
  const files = ["panels", join("masks", "vnet-small")].flatMap((folder) =>
    [...Deno.readDirSync(join(out, folder))].map(({ name }) => name)
  );
  assert.equal(files.length, masks.panels.length + 2);
  const text = Deno.readTextFileSync(join(out, "result.json")) + files.join(" ");
  for (const { id } of loaded.cases) assert.ok(!text.includes(id), id);
  for (const { file } of masks.panels) assert.match(file, /^panels\/case-00\d-models-/);
});
