/**
 * What this machine can do, measured on the spot with the library that the models run on: its
 * fastest product of matrices, and the traffic between it and memory.
 *
 * @module
 */

import type { Backend, Executable, Precision } from "../backends/backend.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { seededWeights } from "../graph/weights.ts";
import { uniformWindow } from "../graph/windowed.ts";
import { stepCost } from "../plan/cost.ts";
import { makePlan } from "../plan/mod.ts";
import type { PeaksRecord } from "../results/mod.ts";
import { randomBindings } from "./network.ts";

/** Bytes of an element in each precision. */
export const ELEMENT_BYTES: Readonly<Record<Precision, number>> = {
  fp64: 8,
  fp32: 4,
  tf32: 4,
  fp16: 2,
  bf16: 2,
};

/** Runs of a graph: until they have taken some time, but neither fewer nor more than these. */
const RUNS = { seconds: 0.15, least: 5, most: 24 };

/** Seconds that a run may be expected to take; a larger graph is left out. */
const PATIENCE = 0.2;

/**
 * Products of growing size: convolutions of C to C channels by one tap, for with more taps a backend
 * may multiply less than is counted.
 */
const PRODUCTS = [
  { channels: 64, side: 16 },
  { channels: 256, side: 32 },
  { channels: 256, side: 64 },
  { channels: 1024, side: 32 },
];

/** What a GPU needs beyond that to be filled. */
const LARGE_PRODUCTS = [
  { channels: 1024, side: 128 },
  { channels: 4096, side: 64 },
];

/** Bytes of the tensors that are moved, the last larger than what caches hold. */
const TENSORS = [1 << 22, 1 << 27];

/** Bytes that a device copies by itself: its cache holds some 60 MB. */
const COPIED = 1 << 28;

/**
 * Measures both peaks: the best of many runs, as a roof must be.
 *
 * @param seed of weights and inputs, for nothing may depend on numbers being zero
 */
export function measurePeaks(backend: Backend, precision: Precision, seed: number): PeaksRecord {
  const onGpu = backend.device.kind === "gpu";
  const graphs = [...PRODUCTS, ...(onGpu ? LARGE_PRODUCTS : [])].map(product);
  const products = bestRates(backend, precision, seed, "flops", graphs);
  const gflopPerSecond = Math.max(...products) / 1e9;
  if (backend.copyRate) {
    return { gflopPerSecond, gbPerSecond: backend.copyRate(COPIED) / 1e9, tensorBytes: COPIED };
  }
  const tensors = TENSORS.map((bytes) => traffic(bytes / ELEMENT_BYTES[precision]));
  const moved = bestRates(backend, precision, seed, "bytes", tensors);
  return {
    gflopPerSecond,
    // of the largest only: smaller ones stay in a cache
    gbPerSecond: moved[moved.length - 1] / 1e9,
    tensorBytes: TENSORS[moved.length - 1],
  };
}

/** The higher of both measurements, peak by peak. */
export function higherPeaks(a: PeaksRecord, b: PeaksRecord): PeaksRecord {
  return {
    gflopPerSecond: Math.max(a.gflopPerSecond, b.gflopPerSecond),
    gbPerSecond: Math.max(a.gbPerSecond, b.gbPerSecond),
    tensorBytes: Math.max(a.tensorBytes, b.tensorBytes),
  };
}

function product({ channels, side }: typeof PRODUCTS[number]): Graph {
  const b = new GraphBuilder("product");
  const x = b.input("x", [1, channels, side, side]);
  const window = uniformWindow(2, 1, 1, 0);
  return b.build(b.conv("product", x, { channels, bias: false, ...window }));
}

/** A tensor of so many elements is written, then read and written in place, then read. */
function traffic(elements: number): Graph {
  const b = new GraphBuilder("traffic");
  const [channels, columns] = [16, 512];
  const x = b.input("x", [1, 1, elements / channels / columns, columns]);
  const written = b.apply("tile", "write", [x], { channels });
  const both = b.apply("relu", "both", [written], {});
  return b.build(b.apply("global_avg_pool", "read", [both], {}));
}

/** The best rate of any step in any run, a second, of each graph that does not take too long. */
function bestRates(
  backend: Backend,
  precision: Precision,
  seed: number,
  of: "flops" | "bytes",
  graphs: readonly Graph[],
): number[] {
  const rates: number[] = [];
  let secondsPerWork = 0;
  for (const graph of graphs) {
    const plan = makePlan(graph, backend.planning);
    const work = plan.steps.map((step) => stepCost(plan, step, ELEMENT_BYTES[precision])[of]);
    const all = work.reduce((sum, one) => sum + one, 0);
    if (all * secondsPerWork > PATIENCE) break;
    using executable = backend.lower(plan, seededWeights(graph, seed), precision);
    const { rate, seconds } = bestRun(executable, work, seed);
    rates.push(rate);
    secondsPerWork = seconds / all;
  }
  return rates;
}

/** The best rate of any step in any run, and the seconds of the fastest run. */
function bestRun(
  executable: Executable,
  work: readonly number[],
  seed: number,
): { readonly rate: number; readonly seconds: number } {
  const { inputs, outputs } = randomBindings(executable, seed);
  let [rate, seconds, spent] = [0, Infinity, 0];
  for (let run = 0; run < RUNS.least || run < RUNS.most && spent < RUNS.seconds; run++) {
    const times = executable.profile(inputs, outputs).map((step) => step.seconds);
    // what took no time that the clock could see says nothing
    times.forEach((took, i) => rate = took > 0 ? Math.max(rate, work[i] / took) : rate);
    const whole = times.reduce((sum, took) => sum + took, 0);
    seconds = Math.min(seconds, whole);
    spent += whole;
  }
  return { rate, seconds };
}
