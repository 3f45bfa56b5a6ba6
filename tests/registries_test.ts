/**
 * The registries are the only places that know names, and the only places besides its own file that
 * a new metric, experiment or model touches.
 */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { BACKEND_NAMES } from "../src/backends/backend.ts";
import { BACKENDS } from "../src/backends/mod.ts";
import { LOSSES } from "../src/graph/mod.ts";
import { WINDOW_PRESETS } from "../src/imaging/mod.ts";
import { METRICS } from "../src/metrics/list.ts";
import { EXAMPLE_MODELS } from "../src/models/examples.ts";
import { modelNames, MODELS, parseModelName } from "../src/models/mod.ts";
import { FACTORS } from "../src/results/factors.ts";

const ROOT = join(import.meta.dirname!, "..");

/** Names, and the places that may know them: the registry, and what is listed there. */
const REGISTRIES = [
  {
    of: "metrics",
    // of two meanings the other one: what comparisons are by
    names: METRICS.map(({ name }) => name).filter((name) => !FACTORS.some((one) => one === name)),
    // an experiment and its section are called as their metric is
    places: ["metrics/", "results/experiments/dice.ts", "report/sections/dice.ts"],
  },
  {
    of: "models",
    names: [...MODELS.map(({ name }) => name), ...modelNames()],
    places: ["models/"],
  },
  // the libraries that two of them use go by the same names
  { of: "backends", names: BACKEND_NAMES, places: ["backends/", "platform/"] },
  { of: "windows", names: Object.keys(WINDOW_PRESETS), places: ["imaging/windowing.ts"] },
  { of: "losses", names: Object.keys(LOSSES), places: ["graph/losses.ts"] },
];

/** Files that are there for tests. */
const FOR_TESTS = /_test\.ts$|\/(testing|sample|sample_\w+)\.ts$/;

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (name.endsWith(".ts") && !FOR_TESTS.test(path)) yield path;
  }
}

/** Strings of code, whole ones: not those in comments, not words in a sentence. */
function stringsOf(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/"([^"\n]*)"|`([^`]*)`/g)].map(([, one, other]) => one ?? other);
}

Deno.test("no file names a metric, model, backend, window or loss that another one lists", () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const path of sources(join(ROOT, "src"))) {
    const file = relative(join(ROOT, "src"), path);
    const strings = new Set(stringsOf(Deno.readTextFileSync(path)));
    const found = REGISTRIES.flatMap(({ names, ...registry }) =>
      names.filter((name) => strings.has(name)).map((name) => ({ name, ...registry }))
    );
    seen += found.length;
    // a metric and a loss may have one name
    const known = found.filter(({ places }) => places.some((place) => file.startsWith(place)))
      .map(({ name }) => name);
    wrong.push(
      ...found.filter(({ name }) => !known.includes(name))
        .map(({ name, of }) => `${file} knows ${name} of ${of}`),
    );
  }
  assert.ok(seen > 20, "the names were not found where they are listed");
  assert.deepEqual(wrong, []);
});

Deno.test("the command line holds no name of a model, not even in its help", () => {
  const model = new RegExp(`(?<![\\w-])(${MODELS.map(({ name }) => name).join("|")})(?![\\w-])`);
  for (const path of sources(join(ROOT, "src", "cli"))) {
    for (const text of stringsOf(Deno.readTextFileSync(path))) {
      assert.doesNotMatch(text.replaceAll(/trained\/\w+/g, ""), model, relative(ROOT, path));
    }
  }
  for (const name of Object.values(EXAMPLE_MODELS)) parseModelName(name);
  assert.deepEqual(BACKENDS.map(({ name }) => name), BACKEND_NAMES);
});

/** What a stranger adds: a file, an import and an entry in a list. */
interface Addition {
  readonly file: string;
  readonly text: string;
  readonly list: string;
  readonly imported: string;
  /** A line of the list, and the same with the addition. */
  readonly entry: readonly [before: string, after: string];
}

const ADDITIONS: readonly Addition[] = [
  {
    file: "src/metrics/centre_shift.ts",
    text: `import type { MaskPair } from "./mask_pair.ts";
import { type Measured, measured, type Metric, undefinedBecause } from "./metric.ts";
function middle(mask: Uint8Array): number | null {
  const [first, last] = [mask.indexOf(1), mask.lastIndexOf(1)];
  return first < 0 ? null : (first + last) / 2;
}
function shift({ prediction, truth }: MaskPair): Measured {
  const [a, b] = [middle(prediction), middle(truth)];
  return a === null || b === null ? undefinedBecause("a mask is empty") : measured(a - b);
}
export const CENTRE_SHIFT: Metric = {
  name: "centre_shift", unit: "1", better: "zero", range: [0, Infinity],
  needs: ["contiguity"], compute: shift,
};
`,
    list: "src/metrics/list.ts",
    imported: 'import { CENTRE_SHIFT } from "./centre_shift.ts";\n',
    entry: ["  HD95_VOXEL,\n", "  HD95_VOXEL,\n  CENTRE_SHIFT,\n"],
  },
  {
    file: "src/results/experiments/voxel_counts.ts",
    text: `import * as z from "zod";
import type { PredictionRecord } from "../records.ts";
import { done, modelKey, whole } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";
const record = z.object({
  status: done,
  models: z.array(z.object({ model: modelKey, voxels: whole.describe("Foreground.") })),
}).meta({ id: "VoxelCountsExperiment", description: "Foreground of each model." });
export const voxelCounts = defineExperiment({
  key: "voxel_counts",
  title: "Voxel counts",
  about: "Foreground of each model over all scans.",
  record,
  make: ({ models, predictions }) => ({
    status: "done",
    models: models.map(({ id }) => ({ model: id, voxels: total(predictions, id) })),
  }),
});
const total = (predictions: readonly PredictionRecord[], id: string) =>
  predictions.filter(({ model }) => model === id).reduce((sum, { voxels }) => sum + voxels, 0);
`,
    list: "src/results/experiments/mod.ts",
    imported: 'import { voxelCounts } from "./voxel_counts.ts";\n',
    entry: ["  inferenceTime,\n] as const", "  inferenceTime,\n  voxelCounts,\n] as const"],
  },
  {
    file: "src/models/pixel.ts",
    text: `import { GraphBuilder } from "../graph/builder.ts";
import { uniformWindow } from "../graph/windowed.ts";
import { defineModel, type ModelDefinition } from "./model.ts";
import { whole } from "./options.ts";
const definition: ModelDefinition<{ readonly channels: number }> = {
  name: "pixel",
  summary: "One convolution of one tap",
  dimensions: 2,
  defaults: { channels: 1 },
  rules: { channels: whole(1) },
  variants: { plain: { summary: "One channel", spatial: [32, 32], settings: {} } },
  conflict: () => undefined,
  illegalSize: () => undefined,
  channels: ({ channels }) => ({ input: channels, output: 1 }),
  graph(name, _, input) {
    const b = new GraphBuilder(name);
    const conv = b.conv("conv", b.input("x", input), {
      channels: 1, bias: true, ...uniformWindow(2, 1),
    });
    return b.build(b.apply("sigmoid", "out", [conv], {}));
  },
};
export const pixel = defineModel(definition);
`,
    list: "src/models/list.ts",
    imported: 'import { pixel } from "./pixel.ts";\n',
    entry: ["[vnet, unet]", "[vnet, unet, pixel]"],
  },
];

/** What must then be true, without another line. */
const PROOF = `import assert from "node:assert/strict";
import { parseSuite } from "./src/bench/suite.ts";
import { METRICS, evaluatePair } from "./src/metrics/list.ts";
import { buildModel, modelSummaries } from "./src/models/mod.ts";
import { markdown, report } from "./src/report/mod.ts";
import { withCaveats } from "./src/results/caveats.ts";
import { runExperiments } from "./src/results/experiments/mod.ts";
import { parseRunResult } from "./src/results/mod.ts";
import { sampleRunResult } from "./src/results/sample.ts";

const grid = { shape: [1, 1, 4], spacing: null } as const;
const metrics = evaluatePair(Uint8Array.of(0, 1, 0, 0), Uint8Array.of(1, 0, 0, 0), grid);
assert.equal(metrics.centre_shift.value, 1);
assert.match(withCaveats(metrics, ["gaps"]).centre_shift.reason!, /missing in between/);
assert.equal(METRICS.at(-1)!.unit, "1");

const { experiments } = parseSuite({
  schema: "stackbench/suite", version: 1, name: "all", dataset: { manifest: "m.json" },
  models: [{ model: "pixel:plain" }],
}, "here");
assert.ok(experiments.includes("voxel_counts"));
const sample = sampleRunResult();
const facts = {
  ...sample, cases: sample.dataset.cases, threshold: 0.2, panels: null, combinations: [], seed: 1,
  complete: true, timedCase: null,
};
const made = { ...sample, experiments: runExperiments(["voxel_counts"], facts, new Map()) };
const { result } = parseRunResult(JSON.parse(JSON.stringify(made)), "here");
assert.match(markdown(report([result])), /### Voxel counts[\\s\\S]*\\| u +\\| 3 +\\|/);
assert.throws(
  () => parseRunResult({ ...made, experiments: { voxel_counts: { status: "done" } } }, "here"),
  /voxel_counts/,
);

assert.deepEqual(buildModel("pixel:plain").outputShape, [1, 1, 32, 32]);
assert.ok(modelSummaries().some(({ name, parameters }) => name === "pixel:plain" && parameters === 2));
`;

Deno.test("a stranger adds a metric, an experiment and a model by a file and a line each", async () => {
  const house = Deno.makeTempDirSync({ prefix: "stackbench-stranger-" });
  try {
    for (const path of sources(join(ROOT, "src"))) copyInto(house, path);
    for (const path of ["results/sample.ts", "base/build.json", "report/page/style.css"]) {
      copyInto(house, join(ROOT, "src", path));
    }
    for (const name of ["deno.json", "deno.lock"]) copyInto(house, join(ROOT, name));
    Deno.symlinkSync(join(ROOT, "native"), join(house, "native"));
    for (const { file, text, list, imported, entry: [before, after] } of ADDITIONS) {
      Deno.writeTextFileSync(join(house, file), text);
      const old = Deno.readTextFileSync(join(house, list));
      assert.equal(old.split(before).length, 2, `${list} has no single place for ${file}`);
      const head = old.indexOf("import ");
      const listed = old.replace(before, after);
      Deno.writeTextFileSync(
        join(house, list),
        listed.slice(0, head) + imported + listed.slice(head),
      );
    }
    Deno.writeTextFileSync(join(house, "proof.ts"), PROOF);
    await deno(house, "task", "--quiet", "schema");
    const records = Deno.readTextFileSync(join(house, "src/results/records.ts"));
    assert.match(records, /export interface VoxelCountsExperiment \{/);
    await deno(house, "run", "--quiet", "--check", "-A", "proof.ts");
  } finally {
    Deno.removeSync(house, { recursive: true });
  }
});

function copyInto(house: string, path: string): void {
  const target = join(house, relative(ROOT, path));
  Deno.mkdirSync(dirname(target), { recursive: true });
  Deno.copyFileSync(path, target);
}

async function deno(cwd: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
