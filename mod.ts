/**
 * Stackbench: a reproducible benchmark harness for segmenting CT scans in 3D and in 2D.
 *
 * A model's graph is built, planned for a backend and run; scans are read into one canonical
 * orientation; masks are measured.
 *
 * ```ts
 * import { BACKENDS, buildModel, compile, seededWeights } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const model = buildModel("vnet:small", { spatial: [8, 16, 16] });
 * const reference = BACKENDS.find(({ name }) => name === "reference")!;
 * using backend = reference.open();
 * using executable = compile(backend, model.graph, seededWeights(model.graph, 1));
 * const probabilities = new Float32Array(8 * 16 * 16);
 * executable.run({ x: new Float32Array(8 * 16 * 16) }, { out: probabilities });
 * assert.ok(probabilities.every((p) => p > 0 && p < 1));
 * ```
 *
 * @module
 */

export * from "./src/base/errors.ts";
export * from "./src/tensor/mod.ts";
export * from "./src/graph/mod.ts";
export * from "./src/plan/mod.ts";
export * from "./src/models/mod.ts";
export * from "./src/backends/mod.ts";
export * from "./src/imaging/mod.ts";
export * from "./src/datasets/mod.ts";
export * from "./src/metrics/mod.ts";
export * from "./src/segmentation/mod.ts";
export * from "./src/training/mod.ts";
export {
  createProgress,
  type Progress,
  type ProgressOptions,
  quietProgress,
} from "./src/progress/mod.ts";
export * from "./src/results/mod.ts";
export * from "./src/bench/mod.ts";
