/**
 * Which cuDNN engines every model would run on, for GPUs that are not there, as a table:
 *
 * ```sh
 * deno run -A benchmarks/cudnn_plans.ts > results/cudnn-plans.md
 * ```
 *
 * The real library finalises every plan, in strict single precision; nothing is computed. It needs
 * `deno task setup --gpu`, and a C++ compiler where there is no CUDA driver.
 *
 * @module
 */

import {
  assignEngines,
  type Assignment,
  GPU_PROPERTIES,
} from "../src/backends/cudnn/deviceless.ts";
import { Cudnn } from "../src/backends/cudnn/cudnn.ts";
import { PLANNING } from "../src/backends/cudnn/planning.ts";
import { type Graph, trainingStep } from "../src/graph/mod.ts";
import { formatShape } from "../src/base/shapes.ts";
import { buildModel, modelNames } from "../src/models/mod.ts";
import { makePlan } from "../src/plan/mod.ts";
import { requireLibrary, searchLibrary } from "../src/platform/mod.ts";
import { buildNoGpuDriver } from "../tests/double.ts";

if (!searchLibrary("cuda").found) {
  const { path, problem } = buildNoGpuDriver();
  if (path === null) throw new Error(problem);
  Deno.dlopen(path, {});
}

const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** What is counted of a plan. */
function row(name: string, pass: string, graph: Graph, capability: keyof typeof GPU_PROPERTIES) {
  const plan = makePlan(graph, PLANNING);
  const found = assignEngines(cudnn, plan, GPU_PROPERTIES[capability]);
  const count = (by: Assignment["by"]) => found.filter((one) => one.by === by).length;
  const unready = found.filter(({ by }) => by !== "ready engine").map(({ op }) => op);
  const workspace = Math.max(...found.map((one) => one.workspace));
  const shape = formatShape(graph.values[graph.inputs[0]].shape);
  return [
    name,
    shape,
    pass,
    capability,
    plan.steps.length,
    count("ready engine"),
    count("compiled engine"),
    count("own kernel"),
    [...new Set(unready)].join(", ") || "none",
    (workspace / 2 ** 20).toFixed(0),
  ];
}

using cudnn = new Cudnn(requireLibrary("cudnn").path);
const heads = ["model", "input", "pass", "GPU", "steps", "ready", "compiled", "ours"];
write(`# Engines of cuDNN ${cudnn.versionText} by model and GPU`);
write("");
write(
  "Strict fp32, channels-last; made by `benchmarks/cudnn_plans.ts` without a GPU. Steps that are\n" +
    "operation graphs (convolutions, their gradients, pooling) run on an engine that is ready, on one\n" +
    "that cuDNN compiles first, or on a kernel of ours; the other steps always run on ours.",
);
write("");
write(`| ${[...heads, "not ready", "workspace, MiB"].join(" | ")} |`);
write(`| ${[...heads, "", ""].map(() => "---").join(" | ")} |`);
for (const name of modelNames()) {
  const { graph } = buildModel(name);
  const passes = {
    forward: graph,
    "training step": trainingStep(graph, { loss: "dice", momentum: 0.9 }),
  };
  for (const [pass, one] of Object.entries(passes)) {
    for (const capability of ["sm_75", "sm_80", "sm_90"] as const) {
      write(`| ${row(name, pass, one, capability).join(" | ")} |`);
    }
  }
}
