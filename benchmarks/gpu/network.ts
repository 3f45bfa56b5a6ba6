/**
 * A part of the check: a model's graph at full size, against PyTorch and against what the GPU can do.
 *
 * @module
 */

import type { Backend, Precision } from "../../src/backends/backend.ts";
import { randomBindings, timeOne } from "../../src/bench/network.ts";
import { ELEMENT_BYTES, measurePeaks } from "../../src/bench/peaks.ts";
import { profileNetwork, profileRecord } from "../../src/bench/profile.ts";
import { graphCost } from "../../src/graph/graph.ts";
import { seededWeights } from "../../src/graph/weights.ts";
import { buildModel } from "../../src/models/mod.ts";
import { makePlan } from "../../src/plan/mod.ts";
import type { NetworkResult } from "../../src/results/mod.ts";
import { interleave } from "./interleaved.ts";
import type { NetworkRequest } from "./request.ts";

const SEED = 1;

/** Calls that the time of each step is the median of. */
const CALLS = 3;

/**
 * Times a model's graph.
 *
 * @throws Error when the model computes what is no number
 */
export async function timeNetworks(
  backend: Backend,
  request: NetworkRequest,
): Promise<NetworkResult> {
  const precision = request.precision as Precision;
  const { model: name, spatial, batch, python, patience, rounds, runs } = request;
  const { graph, inputShape } = buildModel(name, { spatial, batch });
  const plan = makePlan(graph, backend.planning);
  const { flops } = graphCost(graph);
  // before the model takes its memory
  const peaks = measurePeaks(backend, precision, SEED);
  using executable = backend.lower(plan, seededWeights(graph, SEED), precision);
  const { inputs, outputs } = randomBindings(executable, SEED);
  executable.run(inputs, outputs);
  requireNumbers(outputs);
  const { arena, weights, scratch } = executable.memory;
  const before = backend.state?.();
  const { ours, peers } = await interleave({
    ours: () => timeOne(executable, inputs, outputs),
    ownMemory: arena + weights + scratch,
    peers: request.modes.map((mode) => ({
      model: name,
      input: inputShape,
      precision,
      mode,
      scan: null,
    })),
    python,
    patience,
    rounds,
    runs,
  });
  const after = backend.state?.();
  const profiled = await profileNetwork(executable, SEED, { warmup: 1, repeats: CALLS });
  const profile = profileRecord(plan, profiled, peaks, ELEMENT_BYTES[precision]);
  return {
    kind: "network",
    model: name,
    input: inputShape,
    precision,
    flops,
    ours,
    peers,
    state: before && after ? { before, after } : null,
    share: {
      flops: profile.total.flops / ours.median / 1e9 / peaks.gflopPerSecond,
      bandwidth: profile.total.bytes / ours.median / 1e9 / peaks.gbPerSecond,
    },
    profile,
  };
}

/** A model that computes nothing sensible may well be fast. */
function requireNumbers(outputs: Readonly<Record<string, ArrayLike<number>>>): void {
  for (const [name, values] of Object.entries(outputs)) {
    const distinct = new Set(
      Array.from({ length: values.length }, (_, i) => values[i]).slice(0, 1e5),
    );
    if (![...distinct].every(Number.isFinite) || distinct.size < 2) {
      throw new Error(`${name} is no sensible output: ${[...distinct].slice(0, 3).join(", ")} ...`);
    }
  }
}
