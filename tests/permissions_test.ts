/** Each command with exactly the permissions that `docs/permissions.md` says it needs. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { seededWeights } from "../src/graph/weights.ts";
import { buildModel } from "../src/models/mod.ts";
import { tensor, writeSafetensors } from "../src/tensor/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const FIXTURES = join(ROOT, "fixtures", "imaging");
const RESULT = join(ROOT, "results", "quick-phantom.json");
const MASK = join(FIXTURES, "masks", "labels.nii");

/** What the table says that a command needs, as flags. */
function neededOf(): Map<string, string[]> {
  const text = Deno.readTextFileSync(join(ROOT, "docs", "permissions.md"));
  const rows = [...text.matchAll(/^\| `([a-z ]+)`\s*\| ([^|]+)\|/gm)];
  return new Map(rows.map(([, command, needs]) => [
    command,
    [...needs.matchAll(/`([^`]+)`/g)].map(([, name]) => `--allow-${name}`),
  ]));
}

/** Arguments after the command's name, in a folder made by `prepare`. Libraries are not needed. */
const ARGS: Readonly<Record<string, readonly string[]>> = {
  models: [],
  inspect: [join(FIXTURES, "compressed", "ls.dcm")],
  evaluate: ["--truth", MASK, "--prediction", MASK],
  compare: [RESULT, "--by", "model"],
  report: [RESULT, "--out", "told"],
  "data phantom": ["--scans", "10", "--shape", "16x16x16", "--out", "scans"],
  "data manifest": ["scans/images"],
  doctor: [],
  time: ["--model", "vnet:small", "--input", "8x16x16", "--repeat", "1"],
  forward: ["--model", "unet:small", "--weights", "w.safetensors", "--input", "x.safetensors"]
    .concat(["--output", "y.safetensors"]),
  predict: ["--model", "unet:small", "--weights", "w.safetensors", "--input", "32x32"]
    .concat([join(FIXTURES, "dicom", "plain"), "--window", "lung", "--output", "m.nii.gz"]),
  run: ["--suite", "tiny.json", "--out", "out"],
  train: ["--model", "vnet:small", "--data", "scans/manifest.json", "--input", "8x16x16"]
    .concat(["--epochs", "1", "--steps", "1", "--out", "trained"]),
};

/** Commands that compute: without a library they take the backend that needs none. */
const COMPUTING = ["time", "forward", "predict", "run", "train"];

function prepare(folder: string): void {
  const { graph } = buildModel("unet:small", { spatial: [32, 32] });
  const source = seededWeights(graph, 4);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  writeSafetensors(
    join(folder, "w.safetensors"),
    new Map(names.map((name) => [name, source(name)])),
  );
  const pixels = tensor("f32", [1, 3, 32, 32], new Float32Array(3 * 32 * 32));
  writeSafetensors(join(folder, "x.safetensors"), new Map([["input", pixels]]));
  Deno.writeTextFileSync(
    join(folder, "tiny.json"),
    JSON.stringify({
      schema: "stackbench/suite",
      version: 1,
      name: "tiny",
      dataset: { phantom: { scans: 1, shape: [10, 24, 24] } },
      models: [{ model: "vnet:small", input: [8, 16, 16] }],
      timing: { warmup: 0, repeats: 1 },
    }),
  );
}

Deno.test("each command does its work with what the table of permissions says, and no net", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  try {
    prepare(folder);
    const needed = neededOf();
    for (const [command, args] of Object.entries(ARGS)) {
      const flags = needed.get(command);
      assert.ok(flags !== undefined, `the table lacks ${command}`);
      assert.ok(!flags.some((flag) => flag.includes("net")), command);
      const backend = COMPUTING.includes(command) ? ["--backend", "reference"] : [];
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", ...flags, join(ROOT, "src/cli/main.ts")]
          .concat(command.split(" "), args, backend),
        cwd: folder,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).output();
      const error = new TextDecoder().decode(stderr);
      // a machine without libraries is told so by `doctor`, with 1
      const legal = command === "doctor" ? [0, 1] : [0];
      assert.ok(legal.includes(code), `${command} with ${flags.join(" ")}: ${error}`);
      assert.doesNotMatch(error, /NotCapable|unforeseen/, command);
    }
    const tasks = Object.entries<{ readonly command: string }>(
      JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).tasks,
    );
    for (const [name, { command }] of tasks) {
      // what drives the browser of tests looks at files that only --allow-all lets it see
      if (name === "test-of") continue;
      assert.doesNotMatch(command, / -A\b|--allow-all|--allow-net/, name);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
