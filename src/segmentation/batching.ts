/**
 * How many slices a 2-D model takes at once.
 *
 * More slices share the cost of starting each kernel and of reading the weights, until what passes
 * from layer to layer no longer fits into the cache: with `unet:small` at 128x128, one thread and a
 * cache of 32 MiB, a slice among 16 (24 MB) took 0.89 of the CPU time of one alone, among 32 0.96.
 * A device with memory of its own has multiprocessors to fill, and its caches are small beside that:
 * there as many slices are taken as it has room for.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import type { Graph } from "../graph/graph.ts";
import { LITERAL, makePlan } from "../plan/mod.ts";

/** Cache where the machine does not tell of its own: what a share of a server has, in bytes. */
export const ASSUMED_CACHE = 16 * 2 ** 20;

/** More slices at once gain nothing, however large the cache is. */
const MOST = 32;

/**
 * The largest power of two of slices whose values fit into the cache, in single precision; 1 where
 * not even those of one slice do.
 *
 * @param graph of one slice
 * @param cache in bytes
 *
 * @example
 * ```ts
 * import { batchThatFits } from "./batching.ts";
 * import { buildModel } from "../models/mod.ts";
 * import assert from "node:assert/strict";
 * const { graph } = buildModel("unet:small", { spatial: [128, 128], batch: 1 });
 * assert.deepEqual([1, 16, 32].map((mib) => batchThatFits(graph, mib * 2 ** 20)), [1, 8, 16]);
 * ```
 */
export function batchThatFits(graph: Graph, cache: number): number {
  const { elements } = makePlan(graph, LITERAL).arena!;
  const slice = elements * Float32Array.BYTES_PER_ELEMENT;
  const fitting = Math.min(MOST, Math.floor(cache / slice));
  return fitting < 1 ? 1 : 2 ** Math.floor(Math.log2(fitting));
}

/** Share of a device's free memory that a network may take; a scan and engines have the rest. */
const SHARE = 0.5;

/**
 * The largest power of two of slices whose values fit into the memory of a device beside the weights,
 * all in single precision; 1 where not even those of one slice do.
 *
 * @param graph of one slice
 * @param free bytes of the device's memory
 *
 * @example
 * ```ts
 * import { batchInMemory } from "./batching.ts";
 * import { buildModel } from "../models/mod.ts";
 * import assert from "node:assert/strict";
 * const { graph } = buildModel("unet:full", { spatial: [512, 512], batch: 1 });
 * assert.deepEqual([1, 4, 16].map((gib) => batchInMemory(graph, gib * 2 ** 30)), [2, 16, 32]);
 * ```
 */
export function batchInMemory(graph: Graph, free: number): number {
  const weights = graph.parameters.reduce(
    (sum, { value }) => sum + elements(graph.values[value].shape),
    0,
  );
  return batchThatFits(graph, free * SHARE - weights * Float32Array.BYTES_PER_ELEMENT);
}
