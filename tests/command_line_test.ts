/** The command line as a user meets it: what it prints, what it refuses, how it ends. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { seededWeights } from "../src/graph/weights.ts";
import { buildModel } from "../src/models/mod.ts";
import { formatRunResult } from "../src/results/mod.ts";
import { sampleRunResult } from "../src/results/sample.ts";
import { readSafetensors, tensor, writeSafetensors } from "../src/tensor/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-cli-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The permissions that the task gives, and no more. */
const permissions: string[] = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")))
  .tasks.stackbench.command.split(" ").filter((word: string) => word.startsWith("--allow"));

function command(env: Record<string, string>, ...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...permissions, join(ROOT, "src/cli/main.ts"), ...args],
    cwd: FOLDER,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
  });
}

function stackbench(...args: string[]): Promise<Ended> {
  return stackbenchIn({}, ...args);
}

async function stackbenchIn(env: Record<string, string>, ...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await command(env, ...args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), error: text(stderr) };
}

/** A suite small enough for the reference backend. */
const SUITE = {
  schema: "stackbench/suite",
  version: 1,
  name: "tiny",
  dataset: { phantom: { scans: 2, shape: [10, 24, 24] } },
  models: [{ model: "vnet:small", input: [8, 16, 16] }],
  timing: { warmup: 0, repeats: 1 },
};
const suitePath = join(FOLDER, "tiny.json");
Deno.writeTextFileSync(suitePath, JSON.stringify(SUITE));

Deno.test("a run leaves masks and results that fit the committed JSON Schema", async () => {
  const { code, out, error } = await stackbench(
    ...["run", "--suite", suitePath, "--backend", "reference", "--out", "tiny"],
  );
  assert.equal(code, 0, error);
  assert.match(out, /results: tiny\/result\.json/);
  const result = JSON.parse(Deno.readTextFileSync(join(FOLDER, "tiny", "result.json")));
  const schema = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "src/results/run_result_v2.schema.json")),
  );
  const validate = new Ajv2020({ strict: false }).compile(schema);
  assert.ok(validate(JSON.parse(JSON.stringify(result))), JSON.stringify(validate.errors));
  const text = JSON.stringify(result);
  for (const secret of [Deno.hostname(), FOLDER, ROOT]) assert.ok(!text.includes(secret), secret);

  const [scan] = result.dataset.cases;
  const mask = join(FOLDER, "tiny", "masks", "vnet-small", `${scan.id}.nii.gz`);
  const facts = JSON.parse((await stackbench("inspect", mask, "--json")).out);
  assert.deepEqual(facts.shape, scan.shape);
  assert.equal(facts.dtype, "uint8");
  const pair = await stackbench("evaluate", "--truth", mask, "--prediction", mask, "--json");
  const { dice } = JSON.parse(pair.out).metrics;
  assert.equal(dice.value, result.predictions[0].voxels > 0 ? 1 : null);
});

Deno.test("forward runs given weights, and says which tensor does not fit", async () => {
  const { graph } = buildModel("unet:small", { spatial: [32, 32], batch: 2 });
  const source = seededWeights(graph, 4);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  const weights = new Map(names.map((name) => [name, source(name)]));
  const [w, x, y] = ["w", "x", "y"].map((name) => join(FOLDER, `${name}.safetensors`));
  writeSafetensors(w, weights);
  const pixels = Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => (i % 13) / 13);
  writeSafetensors(x, new Map([["input", tensor("f32", [2, 3, 32, 32], pixels)]]));
  const args = ["forward", "--model", "unet:small", "--backend", "reference"]
    .concat(["--weights", w, "--input", x, "--output", y]);
  const ended = await stackbench(...args);
  assert.equal(ended.code, 0, ended.error);
  const output = readSafetensors(y).tensors.get("output")!;
  assert.deepEqual(output.shape, [2, 1, 32, 32]);
  assert.ok(Array.from(output.data).every((p) => p > 0 && p < 1));

  weights.delete("head.bias");
  writeSafetensors(w, weights);
  Deno.removeSync(y);
  const refused = await stackbench(...args);
  assert.equal(refused.code, 2);
  assert.match(refused.error, /missing head\.bias \(1\)/);
  assert.throws(() => Deno.statSync(y), Deno.errors.NotFound);
});

Deno.test("a report is a page and Markdown, with the files that both name", async () => {
  const path = join(FOLDER, "sample.json");
  Deno.writeTextFileSync(path, formatRunResult(sampleRunResult()));
  const { code, out, error } = await stackbench("report", path, path, "--out", "told/twice");
  assert.equal(code, 0, error);
  assert.match(out, /markdown: told\/twice\/report\.md\nwith 4 figures, 0 pictures/);
  const read = (name: string) => Deno.readTextFileSync(join(FOLDER, "told", "twice", name));
  const figures = [...read("report.md").matchAll(/\]\((figures\/[^)]+\.svg)\)/g)];
  assert.equal(figures.length, 4);
  for (const [, figure] of figures) assert.match(read(figure), /^<svg /);
  const linked = [...read("index.html").matchAll(/ href="((?:figures|tables)\/[^"]+)"/g)];
  assert.ok(linked.length > 3 * 2, "the page links to no files");
  for (const [, file] of linked) assert.ok(read(file).length > 0, file);
  assert.equal(
    read("tables/result-2-scans-and-slices.csv").split("\r\n")[1],
    "test,1,1,3,2,0.6666666666666666,36,14727,0.2",
  );
});

Deno.test("the viewer of a report has the scans of a phantom, masks and all", async () => {
  const args = ["report", join("tiny", "result.json"), "--out", "looked-at"];
  const { code, out, error } = await stackbench(...args);
  assert.equal(code, 0, error);
  assert.match(error, /viewer of 2 scans, slices up to 16 pixels wide: up to \d+ KiB of the page/);
  assert.match(out, /2 scans to look at/);
  const page = Deno.readTextFileSync(join(FOLDER, "looked-at", "index.html"));
  const [, json] = /<script type="application\/json" id="[^"]+">(.*)<\/script>/.exec(page)!;
  const [scan] = JSON.parse(json);
  const { dataset, predictions } = JSON.parse(
    Deno.readTextFileSync(join(FOLDER, "tiny", "result.json")),
  );
  assert.deepEqual(
    scan.masks.map((one: { readonly areas: number[] }) => one.areas),
    [dataset.cases[0].truth.slicePixels, predictions[0].slicePixels],
  );
  const other = await stackbench(...args, "--data", join(FOLDER, "tiny.json"));
  assert.equal(other.code, 2);
  assert.match(other.error, /is not a manifest/);
});

Deno.test("wrong usage and wrong input end with 2, say what is legal, and leave nothing", async () => {
  const broken = join(FOLDER, "broken.nii.gz");
  Deno.writeFileSync(broken, new Uint8Array(100).fill(7));
  const cases: [string[], RegExp][] = [
    [["modles"], /unknown command 'modles'[\s\S]*models/],
    [["time"], /required option '--model/],
    [["time", "--model", "vnet:smal"], /no model vnet:smal[\s\S]*vnet:small/],
    [["time", "--model", "vnet:small", "--input", "30x32x32"], /multiples of 8; got 30x32x32/],
    [["time", "--model", "vnet:small", "--input", "big"], /sizes such as/],
    [["time", "--model", "vnet:small", "--backend", "gpu"], /Allowed choices/],
    [["time", "--model", "vnet:small", "--predict", "abacus"], /one of t4, a100, h100, h200/],
    [["time", "--model", "vnet:small", "--weights", broken], /broken\.nii\.gz/],
    [["models", "unet", "--options", "wide=2"], /wide/],
    [["inspect", join(FOLDER, "nowhere")], /nowhere/],
    [["inspect", broken], /broken\.nii\.gz/],
    [["run", "--suite", "nonesuch"], /no suite nonesuch/],
    [["run", "--data", broken], /broken\.nii\.gz/],
    [["run", "--model", "unet:tiny"], /^error: there is no model unet:tiny/],
    [["evaluate", "--truth", broken, "--prediction", broken], /broken\.nii\.gz/],
    [["data", "phantom"], /required option '--out/],
    [["data", "phantom", "--out", "much", "--scans", "999999999999999"], /1 to 100000/],
    [["run", "--data", ""], /'--data <manifest>' argument '' is invalid/],
    [["run", "--out", join(broken, "results"), "--suite", suitePath], /broken\.nii\.gz/],
    [["report", suitePath, "--out", "untold"], /tiny\.json is not a results file/],
    [["report", join(FOLDER, "sample.json"), "--out", join(broken, "told")], /could not be made/],
    [["report", "--out", "untold"], /missing required argument 'results'/],
    [
      ["report", join(FOLDER, "sample.json"), "--out", "untold", "--no-viewer", "--data", broken],
      /--no-viewer omits/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, error } = await stackbench(...args);
    assert.equal(code, 2, `${args.join(" ")}: ${error}`);
    assert.match(error, message);
    assert.doesNotMatch(error, /unforeseen|at file:/);
    assert.equal(out, "");
  }
});

Deno.test("names in an error neither pass for lines of the program nor fill the screen", async () => {
  const { code, error } = await stackbench("inspect", "a\nerror: all is lost");
  assert.equal(code, 2);
  assert.match(error, /^error: a\n {4}error: all is lost does not exist/);
  const long = await stackbench("models", "x".repeat(50_000));
  assert.equal(long.code, 2);
  assert.ok(long.error.length < 5000, `${long.error.length} characters`);
});

Deno.test("an output that cannot be written is told of before the work", async () => {
  const predict = ["predict", "nowhere", "--model", "unet:small", "--output"];
  const [w, x] = ["w.safetensors", "x.safetensors"].map((name) => join(FOLDER, name));
  const { graph } = buildModel("unet:small");
  const source = seededWeights(graph, 1);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  writeSafetensors(w, new Map(names.map((name) => [name, source(name)])));
  for (const output of ["mask.png", "no-folder/mask.nii.gz", "."]) {
    const { code, error } = await stackbench(...predict, output, "--weights", w);
    assert.equal(code, 2);
    assert.match(error, /should end in|could not be written/);
  }
  const forward = ["forward", "--model", "unet:small", "--weights", w, "--input", x, "--output"];
  const { code, error } = await stackbench(...forward, "no-folder/y.safetensors");
  assert.equal(code, 2);
  assert.match(error, /no-folder\/y\.safetensors could not be written/);
});

Deno.test("a library that is named but not there is a warning, and the reference runs", async () => {
  const variables = { STACKBENCH_ONEDNN: join(FOLDER, "no-library") };
  const small = await stackbenchIn(
    variables,
    "time",
    "--model",
    "vnet:small",
    "--input",
    "8x16x16",
  );
  assert.equal(small.code, 0, small.error);
  assert.match(small.error, /warning: .*STACKBENCH_ONEDNN names[\s\S]*backend reference/);
  assert.doesNotMatch(small.error, /downloading/);
  const large = await stackbenchIn(variables, "time", "--model", "vnet:paper206");
  assert.equal(large.code, 1);
  assert.match(
    large.error,
    /too much for the reference backend\n {2}take a faster backend \(`stackbench doctor`/,
  );
});

Deno.test("arrays that do not fit are no fault of the program", async () => {
  const huge = ["--model", "vnet:small", "--input", "80000x80000x80000", "--backend", "reference"];
  const { code, error } = await stackbench("time", ...huge);
  assert.equal(code, 1);
  assert.match(error, /needs at least [\d.]+ GB of memory, and [\d.]+ GB are free/);
});

Deno.test("help has an example for every command, and models count to the unit", async () => {
  const { out } = await stackbench("--help");
  for (
    const name of ["run", "time", "forward", "predict", "evaluate", "inspect", "models", "report"]
  ) {
    assert.match(out, new RegExp(`^  ${name}\\b`, "m"));
    assert.match((await stackbench(name, "--help")).out, /Examples:\n {2}stackbench /);
  }
  const list = JSON.parse((await stackbench("models", "--json")).out);
  const counts = new Map(list.map((one: { name: string; parameters: number }) => [
    one.name,
    one.parameters,
  ]));
  assert.equal(counts.get("vnet:paper206"), 206_185_805);
  assert.equal(counts.get("unet:full"), 38_460_687);
});

Deno.test({
  name: "Ctrl-C while phantoms are made ends with 130 and keeps whole scans",
  ignore: Deno.build.os === "windows",
  async fn() {
    const child = command({}, "data", "phantom", "--out", "many", "--scans", "4000").spawn();
    const manifest = join(FOLDER, "many", "manifest.json");
    const reader = child.stderr.getReader();
    await reader.read();
    while (!Array.from(Deno.readDirSync(FOLDER)).some(({ name }) => name === "many")) {
      await new Promise((resume) => setTimeout(resume, 20));
    }
    child.kill("SIGINT");
    while (!(await reader.read()).done);
    await child.stdout.cancel();
    assert.equal((await child.status).code, 130);
    assert.throws(() => Deno.statSync(manifest), Deno.errors.NotFound);
    const names = [...Deno.readDirSync(join(FOLDER, "many", "images"))].map(({ name }) => name);
    assert.ok(names.every((name) => name.endsWith(".nii.gz")), names.join());
  },
});

Deno.test({
  name: "a full disk is told of without a stack",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const main = join(ROOT, "src/cli/main.ts");
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", '"$0" run --quiet "$@" models > /dev/full', Deno.execPath()]
        .concat(permissions, main),
      cwd: FOLDER,
      stderr: "piped",
    }).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), /^error: the system refused: [^\n]*\n {2}check/);
  },
});

Deno.test({
  name: "Ctrl-C in a run ends with 130, keeps finished scans, and --resume goes on",
  ignore: Deno.build.os === "windows",
  async fn() {
    const args = ["run", "--suite", suitePath, "--backend", "reference", "--out", "cut"];
    const child = command({}, ...args).spawn();
    const resultPath = join(FOLDER, "cut", "result.json");
    const reader = child.stderr.getReader();
    const decoder = new TextDecoder();
    let error = "";
    for (let sent = false;;) {
      const { value, done } = await reader.read();
      if (done) break;
      error += decoder.decode(value);
      if (!sent && /scan 2 of 2/.test(error)) {
        child.kill("SIGINT");
        sent = true;
      }
    }
    await child.stdout.cancel();
    assert.equal((await child.status).code, 130, error);
    assert.match(error, /interrupted\n {2}.*--resume/);
    const partial = JSON.parse(Deno.readTextFileSync(resultPath));
    assert.equal(partial.status, "partial");
    assert.equal((await stackbench(...args, "--resume")).code, 0);
    const whole = JSON.parse(Deno.readTextFileSync(resultPath));
    assert.equal(whole.status, "complete");
    assert.deepEqual(whole.predictions[0], partial.predictions[0]);
  },
});
