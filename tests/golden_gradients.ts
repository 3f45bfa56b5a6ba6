/**
 * The golden gradients: training steps of small models, as PyTorch takes them in double precision.
 *
 * @module
 */

import { join } from "node:path";
import { elements, type Shape } from "../src/base/shapes.ts";
import { type Bindings, compile, type Precision } from "../src/backends/mod.ts";
import type { Backend } from "../src/backends/backend.ts";
import { gradientName } from "../src/graph/autodiff.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { LossName } from "../src/graph/losses.ts";
import { type DropoutKind, maskName, nextName, trainingStep } from "../src/graph/training.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { buildModelFor, type OptionTexts } from "../src/models/mod.ts";
import { asFloat32 } from "../src/tensor/tensor.ts";
import { goldenWeights, uniform } from "./golden_weights.ts";

/** What is kept of a tensor. */
export interface Digest {
  /** Its 2-norm. */
  readonly norm: number;
  /** Its product with a random vector. */
  readonly projection: number;
  /** A few elements, by index. */
  readonly samples: Readonly<Record<string, number>>;
}

/** One case of `fixtures/gradients/index.json`. */
export interface GradientCase {
  /** Its name. */
  readonly case: string;
  /** Full name of the model. */
  readonly model: string;
  /** Its options. */
  readonly options: OptionTexts;
  /** The loss. */
  readonly loss: LossName;
  /** Share of the running statistics that is kept. */
  readonly momentum: number;
  /** What is dropped after which node, with which probability. */
  readonly dropout: Readonly<Record<string, { readonly kind: DropoutKind; readonly p: number }>>;
  /** Shape of the input. */
  readonly input: Shape;
  /** Seed of everything. */
  readonly seed: number;
  /** Checksum of the weights. */
  readonly weights: string;
  /** The loss that PyTorch finds. */
  readonly value: number;
  /** The norm of all gradients together. */
  readonly norm: number;
  /** Gradients by parameter. */
  readonly gradients: Readonly<Record<string, Digest>>;
  /** Running statistics after the step. */
  readonly running: Readonly<Record<string, Digest>>;
}

const FOLDER = join(import.meta.dirname!, "..", "fixtures", "gradients");

/** Every case. */
export const GRADIENT_CASES: readonly GradientCase[] =
  JSON.parse(Deno.readTextFileSync(join(FOLDER, "index.json"))).cases;

/** Weights of a case, and the model that they belong to. */
export function modelOf(golden: GradientCase): { model: Graph; weights: WeightSource } {
  const model = buildModelFor(golden.model, golden.input, golden.options).graph;
  return { model, weights: goldenWeights(model, { seed: golden.seed, gains: {}, shifts: {} }) };
}

/** Everything that a training step gives, by name. */
export function takeStep(
  backend: Backend,
  golden: GradientCase,
  precision: Precision,
): { outputs: Record<string, Float64Array>; implementations: string[] } {
  const { model, weights } = modelOf(golden);
  const { loss, momentum } = golden;
  const kinds = Object.entries(golden.dropout).map(([name, { kind }]) => [name, kind]);
  const dropout = Object.fromEntries(kinds) as Record<string, DropoutKind>;
  const graph = trainingStep(model, { loss, momentum, dropout });
  using executable = compile(backend, graph, weights, precision);
  const inputs: Bindings = Object.fromEntries(
    executable.inputs.map(({ name, shape }) => [name, given(name, shape, golden, weights)]),
  );
  const outputs = Object.fromEntries(
    executable.outputs.map(({ name, shape }) => [name, new Float64Array(elements(shape))]),
  );
  executable.run(inputs, outputs);
  const implementations = executable.steps.map(({ name, implementation }) =>
    `${name}: ${implementation}`
  );
  return { outputs, implementations };
}

function given(
  name: string,
  shape: Shape,
  { seed, dropout }: GradientCase,
  weights: WeightSource,
): Float32Array {
  if (name.includes(".running_")) return asFloat32(weights(name));
  const numbers = uniform(seed, name, elements(shape), 0, 1);
  if (name === "target") return numbers.map((u) => (u > 0.4 ? 1 : 0));
  const dropped = Object.entries(dropout).find(([node]) => name === maskName(node));
  if (!dropped) return numbers;
  const [, { p }] = dropped;
  return numbers.map((u) => (u > 2 * p - 1 ? 1 / (1 - p) : 0));
}

/** How far a tensor is from its digest, and what it is measured against. */
export function distance(
  found: Float64Array,
  digest: Digest,
  seed: number,
  name: string,
): number {
  const direction = uniform(seed, `${name}.direction`, found.length, 0, 1);
  let [square, projection] = [0, 0];
  found.forEach((value, i) => {
    square += value ** 2;
    projection += value * direction[i];
  });
  const apart = Object.entries(digest.samples).map(([i, value]) => found[Number(i)] - value);
  return Math.max(
    ...[Math.sqrt(square) - digest.norm, projection - digest.projection, ...apart].map(Math.abs),
  );
}

/** The tensors of a step that PyTorch has as well, each with its name in the weights. */
export function expected(golden: GradientCase): (readonly [string, string, Digest])[] {
  return [
    ...Object.entries(golden.gradients).map(([k, d]) => [gradientName(k), k, d] as const),
    ...Object.entries(golden.running).map(([k, d]) => [nextName(k), k, d] as const),
  ];
}
