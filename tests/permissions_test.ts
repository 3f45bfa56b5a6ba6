/** Each command with exactly the permissions that `docs/permissions.md` says it needs. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { createProgram } from "../src/cli/program.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { buildModel } from "../src/models/mod.ts";
import { tensor, writeSafetensors } from "../src/tensor/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const FIXTURES = join(ROOT, "fixtures", "imaging");
const RESULT = join(ROOT, "results", "quick-phantom.json");
const MASK = join(FIXTURES, "masks", "labels.nii");
const MAIN = join(ROOT, "src", "cli", "main.ts");

/** What the table says that a command needs, as flags. */
function neededOf(): Map<string, string[]> {
  const text = Deno.readTextFileSync(join(ROOT, "docs", "permissions.md"));
  const rows = [...text.matchAll(/^\| `([a-z -]+)`\s*\| ([^|]+)\|/gm)];
  return new Map(rows.map(([, command, needs]) => [
    command,
    [...needs.matchAll(/`([^`]+)`/g)].map(([, name]) => `--allow-${name}`),
  ]));
}

/** One command with arguments. */
interface Try {
  /** After the command's name, in a folder made by `prepare`. Libraries are not needed. */
  readonly args: readonly string[];
  /** The program (default: this checkout's). */
  readonly main?: string;
  /** Exit codes that say that it did what it could (default: 0). */
  readonly legal?: readonly number[];
  /** What it must say on standard error. */
  readonly says?: RegExp;
}

/** How each command is tried, in this order; `null`: another one starts it. */
function triesOf(folder: string, needed: ReadonlyMap<string, readonly string[]>) {
  const weights = ["--model", "unet:small", "--weights", "w.safetensors"];
  const serving = ["deno", "run", "--quiet", "--no-prompt", ...needed.get("serve-timing") ?? []]
    .concat([MAIN, "serve-timing"]).join(" ");
  const tries: Readonly<Record<string, Try | null>> = {
    models: { args: [] },
    inspect: { args: [join(FIXTURES, "compressed", "ls.dcm")] },
    evaluate: { args: ["--truth", MASK, "--prediction", MASK] },
    compare: { args: [RESULT, "--by", "model"] },
    report: { args: [RESULT, "--out", "told"] },
    "data phantom": { args: ["--scans", "10", "--shape", "16x16x16", "--out", "scans"] },
    "data manifest": { args: ["scans/images"] },
    // a machine without libraries is told so, with 1
    doctor: { args: [], legal: [0, 1] },
    time: { args: ["--model", "vnet:small", "--input", "8x16x16", "--repeat", "1"] },
    forward: { args: [...weights, "--input", "x.safetensors", "--output", "y.safetensors"] },
    predict: {
      args: [...weights, "--input", "32x32", join(FIXTURES, "dicom", "plain")]
        .concat(["--window", "lung", "--output", "m.nii.gz"]),
    },
    export: { args: [...weights, "--input", "32x32", "--onnx", "net.onnx"] },
    run: { args: ["--suite", "tiny.json", "--shard", "1/1", "--out", "out"] },
    merge: { args: ["out"] },
    plan: { args: ["scans/manifest.json", "--measured", "out/result.json"] },
    train: {
      args: ["--model", "vnet:small", "--data", "scans/manifest.json", "--input", "8x16x16"]
        .concat(["--epochs", "1", "--steps", "1", "--out", "trained"]),
    },
    // it gets as far as a pip that has nothing for it
    setup: {
      args: [],
      main: join(folder, "house", "src", "cli", "main.ts"),
      legal: [1],
      says: /the package index does not have it/,
    },
    gate: {
      args: ["--base-command", serving, "--new-command", serving, "--suite", "tiny.json"]
        .concat(["--layers", "facts,accuracy", "--also", "json=gate.json"]),
    },
    "serve-timing": null,
  };
  return tries;
}

/** Commands that compute: without a library they take the backend that needs none. */
const COMPUTING = ["time", "forward", "predict", "run", "train", "gate"];

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
  const house = join(folder, "house");
  Deno.mkdirSync(join(house, "bin"), { recursive: true });
  for (const name of ["src", "native", "deno.json", "deno.lock"]) {
    Deno.symlinkSync(join(ROOT, name), join(house, name));
  }
  Deno.writeTextFileSync(
    join(house, "bin", "python3"),
    "#!/bin/sh\necho 'ERROR: No matching distribution found' >&2; exit 1\n",
    { mode: 0o755 },
  );
}

/** The names of all commands that do something. */
function commandsOf(command: CommandUnknownOpts, above: string[] = []): string[] {
  return command.commands.flatMap((one) => {
    const name = [...above, one.name()];
    return one.commands.length === 0 ? [name.join(" ")] : commandsOf(one, name);
  });
}

Deno.test("the table of permissions tells of each command, and of no other", () => {
  const needed = neededOf();
  const commands = commandsOf(createProgram()).sort();
  assert.deepEqual([...needed.keys()].sort(), commands);
  assert.deepEqual(Object.keys(triesOf("", needed)).sort(), commands);
});

Deno.test("each command does its work with what the table of permissions says, and no net", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  try {
    prepare(folder);
    const needed = neededOf();
    for (const [command, one] of Object.entries(triesOf(folder, needed))) {
      const flags = needed.get(command)!;
      assert.ok(!flags.some((flag) => flag.includes("net")), command);
      if (one === null) continue;
      const { args, main = MAIN, legal = [0], says = /^/ } = one;
      const backend = COMPUTING.includes(command) ? ["--backend", "reference"] : [];
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", ...flags, main]
          .concat(command.split(" "), args, backend),
        cwd: folder,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
        env: { PATH: `${join(folder, "house", "bin")}:${Deno.env.get("PATH")}` },
      }).output();
      const error = new TextDecoder().decode(stderr);
      assert.ok(legal.includes(code), `${command} with ${flags.join(" ")}: ${code} ${error}`);
      assert.doesNotMatch(error, /NotCapable|unforeseen/, command);
      assert.match(error, says, command);
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
