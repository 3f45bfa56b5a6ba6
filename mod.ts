/**
 * Stackbench: a reproducible benchmark harness for segmenting CT scans in 3D and in 2D.
 *
 * What scripts need most; every room is an entry point of its own beside it (`./imaging`,
 * `./metrics`, `./graph`, ...). From a scan to its mask and the mask's Dice:
 *
 * ```ts
 * import * as stackbench from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const request = { scans: 1, shape: [48, 128, 128], seed: 2, healthy: 0 } as const;
 * const phantoms = await stackbench.writePhantoms(Deno.makeTempDirSync(), request);
 * const [{ image, truth }] = stackbench.loadManifest(phantoms).cases;
 *
 * using backend = stackbench.openBackend();
 * const weights = "fixtures/weights/vnet-small-overlap-0.safetensors";
 * using model = await stackbench.openModel(backend, "vnet:small", { weights });
 * const scan = stackbench.readScan(image);
 * const mask = await stackbench.segmentScan(scan, model, { window: "lung" });
 * const { dice } = stackbench.evaluateMasks(mask, stackbench.readMask(truth!));
 * assert.ok(dice.value! > 0.5);
 * ```
 *
 * @module
 */

export { InputError, MissingError, ShapeError, StackbenchError } from "./src/base/errors.ts";
export { type Backend, compile, type Executable, openBackend } from "./src/backends/mod.ts";
export { GraphBuilder, loadWeights, seededWeights, type ValueId } from "./src/graph/mod.ts";
export {
  buildModel,
  type BuiltModel,
  modelNames,
  type NetworkDefinition,
  resolveModel,
} from "./src/models/mod.ts";
export { type Mask, readMask, readScan, type Volume, writeMask } from "./src/imaging/mod.ts";
export { loadManifest, writePhantoms } from "./src/datasets/mod.ts";
export { openModel, type Segmenter, segmentScan } from "./src/segmentation/mod.ts";
export { evaluateMasks, METRICS } from "./src/metrics/mod.ts";
export { parseSettings, train } from "./src/training/mod.ts";
export { loadSuite, runSuite } from "./src/bench/mod.ts";
export { readRunResult as readResult, type RunResult } from "./src/results/mod.ts";
