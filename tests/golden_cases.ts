/**
 * The golden cases: models at small unusual shapes with PyTorch's outputs in double precision.
 *
 * @module
 */

import { join } from "node:path";
import type { Shape } from "../src/base/shapes.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { buildModelFor, logitsOf, type OptionTexts, resolveModel } from "../src/models/mod.ts";
import { readSafetensors } from "../src/tensor/safetensors.ts";
import { asFloat32, asFloat64 } from "../src/tensor/tensor.ts";
import { type GoldenRecipe, goldenWeights } from "./golden_weights.ts";

/** One case of `fixtures/golden/index.json`. */
export interface GoldenCase extends GoldenRecipe {
  /** Name, also of its file. */
  readonly case: string;
  /** Full name of the model. */
  readonly model: string;
  /** Its options. */
  readonly options: OptionTexts;
  /** Shape of the input, (N, C, (D,) H, W). */
  readonly input: Shape;
  /** Checksum of the weights. */
  readonly weights: string;
  /** Standard deviation of the logits. */
  readonly logits_std: number;
  /** Relative error in PyTorch with weights and outputs of layers rounded to bf16. */
  readonly bf16_error: number;
  /** What mattered least of all single layers that were zeroed or bypassed in PyTorch. */
  readonly least_change: { readonly relative: number; readonly layer: string };
}

/** A case with its graph up to the logits, its weights and its numbers. */
export interface LoadedCase {
  /** The model up to what its last activation reads. */
  readonly graph: Graph;
  /** Its weights. */
  readonly weights: WeightSource;
  /** The input. */
  readonly x: Float32Array;
  /** PyTorch's output in double precision. */
  readonly logits: Float64Array;
}

const FOLDER = join(import.meta.dirname!, "..", "fixtures", "golden");

// a network from a file is golden as well: its twin in PyTorch gave the numbers of `own:unet3d`
await resolveModel(join(import.meta.dirname!, "..", "examples", "unet3d.ts"));

/** Every case. */
export const GOLDEN_CASES: readonly GoldenCase[] =
  JSON.parse(Deno.readTextFileSync(join(FOLDER, "index.json"))).cases;

/** Reads the numbers of a case and builds its model. */
export function loadCase(golden: GoldenCase): LoadedCase {
  const { tensors } = readSafetensors(join(FOLDER, `${golden.case}.safetensors`));
  const graph = logitsOf(buildModelFor(golden.model, golden.input, golden.options).graph);
  return {
    graph,
    weights: goldenWeights(graph, golden),
    x: asFloat32(tensors.get("x")!),
    logits: asFloat64(tensors.get("logits")!),
  };
}

/** ‖out - wanted‖ / ‖wanted‖; NaN when out has one. */
export function relativeError(
  out: ArrayLike<number>,
  wanted: ArrayLike<number>,
): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    difference += (out[i] - wanted[i]) ** 2;
    size += wanted[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
