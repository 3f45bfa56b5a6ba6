/**
 * Times one training step on oneDNN: `deno run -A benchmarks/micro/training_step.ts MODEL SIZES`.
 *
 * Prints JSON with raw samples in seconds: `run` is the graph of loss and gradients,
 * `update` is Adam and taking the next weights. With `--profile`, also the seconds of every op and kernel and of the
 * slowest steps, medians over as many more runs.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { InputError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { elements } from "../../src/base/shapes.ts";
import { chooseBackend, compile, type Port, type StepTime } from "../../src/backends/mod.ts";
import { gradientName, trainingStep } from "../../src/graph/mod.ts";
import { buildModel } from "../../src/models/mod.ts";
import { adam } from "../../src/training/adam.ts";
import { initialState, weightSource } from "../../src/training/state.ts";
import { median } from "../../src/statistics/summary.ts";

const { positionals: [model, sizes], values: options } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: "string", default: "1" },
    repeats: { type: "string", default: "3" },
    warmup: { type: "string", default: "1" },
    profile: { type: "boolean", default: false },
  },
});
if (!model || !sizes) {
  throw new InputError("what to time is not said", {
    advice: "training_step.ts vnet:small 32x128x128 [--batch 1] [--repeats 3] [--profile]",
  });
}

/** Grey values for images, about a fifth of foreground for masks, plausible statistics. */
function filled({ name, shape }: Port): Float32Array {
  const { uniform } = random(0, "input", name);
  const value = name === "target" ? () => (uniform() < 0.2 ? 1 : 0) : uniform;
  return Float32Array.from({ length: elements(shape) }, value);
}

function bindings(ports: readonly Port[], make: (port: Port) => Float32Array) {
  return Object.fromEntries(ports.map((port) => [port.name, make(port)]));
}

function seconds(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

/** The median time of every step over some runs. */
function profiled(runs: number): StepTime[] {
  const all = Array.from({ length: runs }, () => executable.profile(inputs, outputs));
  return all[0].map((time, i) => ({ ...time, seconds: median(all.map((one) => one[i].seconds)) }));
}

/** Seconds by label, the largest first. */
function ranked(times: readonly StepTime[], label: (time: StepTime) => string) {
  const sums = new Map<string, number>();
  for (const time of times) {
    sums.set(label(time), (sums.get(label(time)) ?? 0) + time.seconds);
  }
  return Object.fromEntries([...sums].sort((a, b) => b[1] - a[1]));
}

function profileOf(times: readonly StepTime[]) {
  return {
    total: times.reduce((sum, time) => sum + time.seconds, 0),
    kernels: ranked(times, ({ op, implementation }) => `${op}: ${implementation}`),
    slowest: times.toSorted((a, b) => b.seconds - a.seconds).slice(0, 40),
  };
}

const { graph } = buildModel(model, {
  spatial: sizes.split("x").map(Number),
  batch: Number(options.batch),
});
using backend = chooseBackend("onednn").factory.open();
const step = trainingStep(graph, { loss: "dice", momentum: 0.9 });
const state = initialState(graph, 0);
const weights = weightSource(state);
using executable = compile(backend, step, weights);
const inputs = bindings(executable.inputs, filled);
const outputs = bindings(executable.outputs, ({ shape }) => new Float32Array(elements(shape)));
const run: number[] = [];
const update: number[] = [];
const [repeats, warmup] = [options.repeats, options.warmup].map(Number);
for (let i = -warmup; i < repeats; i++) {
  const ran = seconds(() => executable.run(inputs, outputs));
  const updated = seconds(() => {
    for (const [name, one] of state.weights) {
      const gradient = outputs[gradientName(name)];
      if (gradient) adam(one, gradient, 1e-3, i + warmup + 1);
    }
    executable.load(weights);
  });
  if (i < 0) continue;
  run.push(ran);
  update.push(updated);
}
const { device: { threads, isa, libraries } } = backend;
const profile = options.profile ? profileOf(profiled(repeats)) : undefined;
const result = { model, sizes, batch: Number(options.batch), threads, isa, libraries };
const memory = { ...executable.memory, peakRss: Deno.memoryUsage().rss };
const text = JSON.stringify({ ...result, run, update, memory, profile }, null, 2);
Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
