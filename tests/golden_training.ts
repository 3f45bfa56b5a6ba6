/**
 * The golden trainings: ten steps of small models, as PyTorch takes them in double precision.
 *
 * @module
 */

import { join } from "node:path";
import type { Backend } from "../src/backends/backend.ts";
import type { Shape } from "../src/base/shapes.ts";
import type { DropoutKind } from "../src/graph/training.ts";
import type { LossName } from "../src/graph/losses.ts";
import { maskName } from "../src/graph/training.ts";
import { buildModelFor, type BuiltModel, type OptionTexts } from "../src/models/mod.ts";
import { initialState, type MaskFiller, Stepper, type TrainingState } from "../src/training/mod.ts";
import { asFloat32 } from "../src/tensor/tensor.ts";
import { goldenWeights, uniform } from "./golden_weights.ts";

/** What is kept of a tensor after the last step. */
export interface Change {
  /** Norm of its change; of itself for a running statistic. */
  readonly norm: number;
  /** Product of the same with a random vector. */
  readonly projection: number;
  /** Norm of what PyTorch is off by in single precision. */
  readonly apart: number;
}

/** One case of `fixtures/training/index.json`. */
export interface TrainingCase {
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
  /** Learning rate. */
  readonly rate: number;
  /** Shape of the input. */
  readonly input: Shape;
  /** Seed of everything. */
  readonly seed: number;
  /** Checksum of the weights before the first step. */
  readonly weights: string;
  /** The loss before each step. */
  readonly losses: readonly number[];
  /** Largest relative error of PyTorch's losses in single precision. */
  readonly single: number;
  /** The same in double precision, from weights that are off by 3e-7. */
  readonly moved: number;
  /** Parameters and running statistics after the last step. */
  readonly after: Readonly<Record<string, Change>>;
}

const FOLDER = join(import.meta.dirname!, "..", "fixtures", "training");

/** Every case. */
export function trainingCases(): readonly TrainingCase[] {
  return JSON.parse(Deno.readTextFileSync(join(FOLDER, "index.json"))).cases;
}

/** The model of a case and its state before the first step. */
export function startOf(golden: TrainingCase): { model: BuiltModel; state: TrainingState } {
  const model = buildModelFor(golden.model, golden.input, golden.options);
  const state = initialState(model.graph, 0);
  const source = goldenWeights(model.graph, { seed: golden.seed, gains: {}, shifts: {} });
  for (const [name, { weights }] of state.weights) weights.set(asFloat32(source(name)));
  return { model, state };
}

/** How far a replayed training is from PyTorch's. */
export interface Apart {
  /** Relative error of the first loss, which no update has touched. */
  readonly first: number;
  /** Largest relative error of the first three losses. */
  readonly early: number;
  /** Largest relative error of a loss. */
  readonly loss: number;
  /** Error of all changes together over their norm, where a gradient is not zero by nature. */
  readonly weights: number;
  /** Parameters whose change is off by more than is allowed, in words. */
  readonly wrong: readonly string[];
}

/** Takes the steps of a case on a backend. */
export function replay(backend: Backend, golden: TrainingCase): Apart {
  const { seed, rate } = golden;
  const { model, state } = startOf(golden);
  const options = { ...golden, seed, dropout: Object.keys(golden.dropout).length > 0 };
  const start = new Map([...state.weights].map(([name, { weights }]) => [name, weights.slice()]));
  using stepper = new Stepper(backend, model, state, options, givenMasks(golden));
  const image = uniform(seed, "x", size(model.inputShape), 0, 1);
  const [samples, , ...spatial] = model.inputShape;
  const target = uniform(seed, "target", samples * size(spatial), 0, 1)
    .map((u) => (u > 0.4 ? 1 : 0));
  const errors = golden.losses.map((wanted) => {
    const taken = stepper.step(state, { image, target }, rate);
    return taken.finite ? Math.abs(taken.loss - wanted) / wanted : Infinity;
  });
  stepper.settle(state);
  const largest = (some: readonly number[]) => Math.max(...some);
  return {
    first: errors[0],
    early: largest(errors.slice(0, 3)),
    loss: largest(errors),
    ...changesApart(golden, state, start),
  };
}

const size = (shape: Shape) => shape.reduce((product, n) => product * n, 1);

/** Masks by formula, fresh in every step; only those that PyTorch was given, at its rates. */
function givenMasks({ seed, dropout }: TrainingCase): MaskFiller {
  const rates = new Map(Object.entries(dropout).map(([node, { p }]) => [maskName(node), p]));
  return (mask, { name, rate }, step) => {
    const p = rates.get(name);
    if (p !== rate) throw new Error(`${name} drops ${rate} here, and ${p} in PyTorch`);
    const kept = 1 / (1 - p);
    uniform(seed + step, name, mask.length, 0, 1).forEach((u, i) => {
      mask[i] = u > 2 * p - 1 ? kept : 0;
    });
  };
}

/**
 * A parameter may be off by this share of its change, or this times what PyTorch is off by: where
 * a small gradient changes its sign by a rounding, Adam takes a whole step the other way, and one
 * element is a good part of a small parameter.
 */
const [SHARE, TIMES] = [5e-2, 20];

/** Above this share of its change being off in PyTorch, a parameter is moved by roundings alone. */
const ROUNDINGS = 0.1;

function changesApart(
  { seed, after }: TrainingCase,
  state: TrainingState,
  start: ReadonlyMap<string, Float32Array>,
): Pick<Apart, "weights" | "wrong"> {
  const wrong: string[] = [];
  let [apart, whole] = [0, 0];
  for (const [name, { norm, projection, apart: expected }] of Object.entries(after)) {
    const { weights } = state.weights.get(name)!;
    const origin = name.includes(".running_") ? null : start.get(name)!;
    const direction = uniform(seed, `${name}.direction`, weights.length, 0, 1);
    let [square, product] = [0, 0];
    weights.forEach((value, i) => {
      const change = value - (origin?.[i] ?? 0);
      square += change ** 2;
      product += change * direction[i];
    });
    if (expected > ROUNDINGS * norm) continue;
    const error = Math.max(Math.abs(Math.sqrt(square) - norm), Math.abs(product - projection));
    const allowed = Math.max(SHARE * norm, TIMES * expected);
    if (!(error <= allowed)) wrong.push(`${name}: ${error} > ${allowed}`);
    if (origin !== null) [apart, whole] = [apart + error ** 2, whole + norm ** 2];
  }
  if (Object.keys(after).length !== state.weights.size) wrong.push("other parameters");
  return { weights: Math.sqrt(apart / whole), wrong };
}
