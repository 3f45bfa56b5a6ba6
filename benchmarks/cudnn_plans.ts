/**
 * Which cuDNN engines the models would run on, for GPUs that are not there, as a table:
 *
 * ```sh
 * deno run -A benchmarks/cudnn_plans.ts > results/cudnn-plans.md
 * deno run -A benchmarks/cudnn_plans.ts --minutes 20 > results/cudnn-plans.md
 * ```
 *
 * The real library finalises every plan; nothing is computed. It needs `deno task setup --gpu`, and
 * a C++ compiler where there is no CUDA driver; `STACKBENCH_CUDNN` names another cuDNN. Rows are kept
 * in the cache of compiled plans, so that a sweep that was stopped goes on where it was; after
 * `--minutes` the table names the rows that did not run. It fails where a step would run on the
 * generic engine though another graph of it has a better one.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  assignEngines,
  type Assignment,
  GPU_PROPERTIES,
  graphsOf,
} from "../src/backends/cudnn/deviceless.ts";
import { DiskCache } from "../src/backends/cudnn/cuda/cache.ts";
import { Cudnn } from "../src/backends/cudnn/graph_api/library.ts";
import { Engines } from "../src/backends/cudnn/graph_api/engines.ts";
import { PLANNING } from "../src/backends/cudnn/planning.ts";
import { ARITHMETIC } from "../src/backends/cudnn/precisions.ts";
import type { Precision } from "../src/backends/backend.ts";
import { sha256 } from "../src/base/hashing.ts";
import { type Graph, trainingStep } from "../src/graph/mod.ts";
import { formatShape } from "../src/base/shapes.ts";
import { buildModel, modelNames } from "../src/models/mod.ts";
import { makePlan } from "../src/plan/mod.ts";
import { requireLibrary, searchLibrary, toolFacts } from "../src/platform/mod.ts";
import { buildNoGpuDriver } from "../tests/double.ts";

type Gpu = keyof typeof GPU_PROPERTIES;
type Pass = "forward" | "training step";

/** One row of the table. */
interface Job {
  readonly model: string;
  readonly pass: Pass;
  readonly precision: Precision;
  readonly gpu: Gpu;
}

/** Models that are swept in every precision; the others in fp32 only. */
const FOREMOST = ["vnet:paper206", "vnet:official1", "vnet:small", "unet:small", "unet:full"];

/** Place of the steps that the generic engine does in vain among a row's cells. */
const WASTED = 6;

/** What each GPU is asked for. */
const ASKED: Readonly<Record<Gpu, Readonly<Record<Pass, readonly Precision[]>>>> = {
  sm_75: { "training step": ["fp32"], forward: ["fp32", "fp16"] },
  sm_80: { "training step": ["bf16", "fp32"], forward: ["fp32", "bf16", "fp16", "tf32"] },
  sm_90: { "training step": ["bf16", "fp32"], forward: ["fp32", "bf16", "fp16", "tf32"] },
};

/** Rows of a GPU, those of the foremost models first. */
function jobsOf(gpu: Gpu): Job[] {
  const ordered = [...FOREMOST, ...modelNames().filter((name) => !FOREMOST.includes(name))];
  return ordered.flatMap((model) =>
    (Object.keys(ASKED[gpu]) as Pass[]).flatMap((pass) =>
      ASKED[gpu][pass]
        .filter((precision) => FOREMOST.includes(model) || precision === "fp32")
        .map((precision) => ({ model, pass, precision, gpu }))
    )
  );
}

function graphOf({ model, pass }: Job): Graph {
  const { graph } = buildModel(model);
  return pass === "forward" ? graph : trainingStep(graph, { loss: "dice", momentum: 0.9 });
}

/**
 * What is counted of a plan, as the cells behind those that name it; null where no earlier sweep
 * counted it and there is no time left.
 */
function cellsOf(
  job: Job,
  engines: Engines,
  cache: DiskCache,
  about: string,
  late: boolean,
): string[] | null {
  const plan = makePlan(graphOf(job), PLANNING);
  const arithmetic = ARITHMETIC[job.precision]!;
  const key = `row 2 ${about} ${sha256(JSON.stringify(graphsOf(plan, arithmetic)))}`;
  const kept = cache.get(key);
  // the key knows of the steps that are graphs only
  const steps = String(plan.steps.length);
  if (kept) return [steps, ...JSON.parse(new TextDecoder().decode(kept)).slice(1)];
  if (late) return null;
  const found = assignEngines(engines, plan, arithmetic);
  const count = (by: Assignment["by"]) => found.filter((one) => one.by === by).length;
  const unready = found.filter(({ by }) => by !== "ready engine").map(({ op }) => op);
  const wasted = found.filter((one) => one.wasted).map(({ name }) => name);
  const workspace = Math.max(...found.map((one) => one.workspace));
  const cells = [
    steps,
    count("ready engine"),
    count("compiled engine"),
    count("own kernel"),
    [...new Set(unready)].join(", ") || "none",
    enginesIn(found),
    wasted.join(", ") || "none",
    (workspace / 2 ** 20).toFixed(0),
  ].map(String);
  cache.set(key, new TextEncoder().encode(JSON.stringify(cells)));
  return cells;
}

/** Numbers of the engines with how many steps each does, such as `44 x 20, 11 x 3`. */
function enginesIn(found: readonly Assignment[]): string {
  const numbers = Map.groupBy(found, ({ engine }) => engine ?? "ours");
  return [...numbers].sort(([, a], [, b]) => b.length - a.length)
    .map(([engine, steps]) => `${engine} x ${steps.length}`).join(", ");
}

/** Sweeps the rows of one GPU and writes each as a line of JSON; those that did not run are null. */
function sweep(gpu: Gpu, end: number): void {
  if (!searchLibrary("cuda").found) {
    const { path, problem } = buildNoGpuDriver();
    if (path === null) throw new Error(problem);
    Deno.dlopen(path, {});
  }
  using cudnn = new Cudnn(requireLibrary("cudnn").path);
  const cache = new DiskCache();
  const properties = GPU_PROPERTIES[gpu];
  const device = sha256(properties);
  using engines = new Engines(cudnn, { properties }, { cache, device });
  for (const job of jobsOf(gpu)) {
    const start = performance.now();
    const about = `${cudnn.version} ${device}`;
    const cells = cellsOf(job, engines, cache, about, start > end);
    write(Deno.stdout, JSON.stringify(cells));
    const took = ((performance.now() - start) / 1000).toFixed(1);
    if (cells) write(Deno.stderr, `${nameOf(job)}: ${cells.join(", ")} (${took} s)`);
  }
}

/** Every GPU in a process of its own, as cuDNN demands: see `assignEngines`. */
async function sweepAll(minutes: string | undefined): Promise<Map<string, string[] | null>> {
  const rows = await Promise.all((Object.keys(ASKED) as Gpu[]).map(async (gpu) => {
    const limit = minutes === undefined ? [] : ["--minutes", minutes];
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, "--gpu", gpu, ...limit],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`the sweep for ${gpu} failed`);
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    return jobsOf(gpu).map((job, i) => [nameOf(job), JSON.parse(lines[i])] as const);
  }));
  return new Map(rows.flat());
}

function nameOf({ model, pass, precision, gpu }: Job): string {
  return `${model}, ${pass}, ${precision}, ${gpu}`;
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}

function table(rows: ReadonlyMap<string, string[] | null>): string {
  const { found } = searchLibrary("cudnn");
  using cudnn = new Cudnn(found!.path);
  const all = (Object.keys(ASKED) as Gpu[]).flatMap(jobsOf);
  const [ran, missed] = [true, false].map((did) =>
    all.filter((job) => (rows.get(nameOf(job)) !== null) === did)
  );
  const heads = [
    ...["model", "input", "pass", "precision", "GPU"],
    ...["steps", "ready", "compiled", "ours", "not ready"],
    ...["engines x steps", "generic in vain", "workspace, MiB"],
  ];
  const order = modelNames();
  const lines = ran.sort((a, b) => order.indexOf(a.model) - order.indexOf(b.model)).map((job) => {
    const { values, inputs } = buildModel(job.model).graph;
    const shape = formatShape(values[inputs[0]].shape);
    return [job.model, shape, job.pass, job.precision, job.gpu, ...rows.get(nameOf(job))!];
  });
  return [
    `# Engines of cuDNN ${cudnn.versionText} by model and GPU`,
    "",
    `Channels-last; made by \`benchmarks/cudnn_plans.ts\` at commit ${
      toolFacts().commit ?? "unknown"
    },`,
    "without a GPU. fp32 is strict: no tensor",
    "cores; fp16 and bf16 store activations and weights in halves and add up in single precision. No",
    "engine whose results differ from run to run is taken. Steps that are operation graphs",
    "(convolutions, their gradients, pooling) run on an engine that is ready, on one that cuDNN",
    "compiles first, or on a kernel of ours; the other steps always run on ours. Engines are those",
    "that are taken where nothing is timed; engine 0 is the library's generic one, and `generic in vain`",
    "names steps that it would do though another graph of theirs has a better one.",
    "",
    ...[heads, heads.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`),
    ...(missed.length ? ["", "Not run, for want of time:", ""] : []),
    ...missed.map((job) => `- ${nameOf(job)}`),
  ].join("\n");
}

const { values: { minutes, gpu } } = parseArgs({
  options: { minutes: { type: "string" }, gpu: { type: "string" } },
});
if (gpu === undefined) {
  const rows = await sweepAll(minutes);
  write(Deno.stdout, table(rows));
  const inVain = [...rows].filter(([, cells]) => cells && cells[WASTED] !== "none");
  for (const [name, cells] of inVain) write(Deno.stderr, `${name}: ${cells![WASTED]} in vain`);
  if (inVain.length > 0) Deno.exitCode = 1;
} else {
  const end = minutes === undefined ? Infinity : performance.now() + Number(minutes) * 60_000;
  sweep(gpu as Gpu, end);
}
