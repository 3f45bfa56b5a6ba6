/**
 * One step of training: forward, loss, backward, Adam.
 *
 * @module
 */

import type { Backend, Bindings, Executable, Precision } from "../backends/mod.ts";
import { compile } from "../backends/mod.ts";
import { elements } from "../base/shapes.ts";
import { random } from "../base/random.ts";
import { gradientName, type LossName, maskName, nextName, trainingStep } from "../graph/mod.ts";
import type { BuiltModel, Dropout } from "../models/mod.ts";
import { adam } from "./adam.ts";
import { type Batch, fillDropout } from "./batches.ts";
import { type TrainingState, weightSource } from "./state.ts";

/** What the graph of a step hangs on. */
export interface StepOptions {
  /** The loss. */
  readonly loss: LossName;
  /** Share of the running statistics that a step keeps. */
  readonly momentum: number;
  /** Whether the dropouts of the model are on. */
  readonly dropout: boolean;
  /** Seed of what is dropped. */
  readonly seed: number;
  /** In what the passes compute; the weights that are updated are of single precision. */
  readonly precision?: Precision;
}

/** What is dropped in a step: fills the mask of a dropout with what it multiplies by. */
export type MaskFiller = (
  mask: Float32Array,
  dropout: { readonly name: string; readonly rate: number },
  step: number,
) => void;

/** Masks that depend on a seed, the name of the mask and the step (from 0) only. */
export function seededMasks(seed: number): MaskFiller {
  return (mask, { name, rate }, step) =>
    fillDropout(mask, rate, random(seed, "dropout", name, step));
}

/** What a step found. */
export interface StepResult {
  /** The loss before the step. */
  readonly loss: number;
  /** Whether the loss, all new weights and all new running statistics are finite. */
  readonly finite: boolean;
}

/** A model that can be trained on a backend. */
export class Stepper implements Disposable {
  readonly #executable: Executable;
  readonly #outputs: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  readonly #masks: readonly {
    readonly name: string;
    readonly rate: number;
    readonly data: Float32Array<ArrayBuffer>;
  }[];
  readonly #fillMask: MaskFiller;
  readonly #lossName: string;

  /**
   * Makes the graph of a step executable.
   *
   * @param fillMask what is dropped; drawn from the seed unless said
   * @throws InputError for a model that cannot be trained; MissingError where the backend cannot
   */
  constructor(
    backend: Backend,
    model: BuiltModel,
    state: TrainingState,
    options: StepOptions,
    fillMask: MaskFiller = seededMasks(options.seed),
  ) {
    const dropouts: Readonly<Record<string, Dropout>> = options.dropout ? model.dropouts : {};
    const kinds = Object.entries(dropouts).map(([name, { kind }]) => [name, kind] as const);
    const graph = trainingStep(model.graph, { ...options, dropout: Object.fromEntries(kinds) });
    this.#executable = compile(backend, graph, weightSource(state), options.precision);
    const room = (shape: readonly number[]) => new Float32Array(elements(shape));
    this.#outputs = Object.fromEntries(
      this.#executable.outputs.map(({ name, shape }) => [name, room(shape)]),
    );
    this.#lossName = this.#executable.outputs[0].name;
    const inputs = new Map(this.#executable.inputs.map(({ name, shape }) => [name, shape]));
    this.#masks = Object.entries(dropouts).map(([node, { rate }]) => {
      const name = maskName(node);
      return { name, rate, data: room(inputs.get(name)!) };
    });
    this.#fillMask = fillMask;
  }

  /** Memory of activations and packed weights, in bytes. */
  get memory(): Executable["memory"] {
    return this.#executable.memory;
  }

  /** Takes a step: changes the state, its weights and moments in place. */
  step(state: TrainingState, { image, target }: Batch, rate: number): StepResult {
    this.#executable.load(weightSource(state));
    for (const { data, ...dropout } of this.#masks) this.#fillMask(data, dropout, state.step);
    this.#executable.run(this.#bindings(state, image, target), this.#outputs);
    const loss = this.#outputs[this.#lossName][0];
    let finite = Number.isFinite(loss);
    state.step++;
    for (const [name, one] of state.weights) {
      const next = this.#outputs[nextName(name)];
      if (next !== undefined) {
        one.weights.set(next);
        finite = next.every(Number.isFinite) && finite;
      }
      const gradient = this.#outputs[gradientName(name)];
      if (gradient !== undefined) finite = adam(one, gradient, rate, state.step) && finite;
    }
    return { loss, finite };
  }

  /** Frees it. */
  [Symbol.dispose](): void {
    this.#executable[Symbol.dispose]();
  }

  #bindings(state: TrainingState, x: Float32Array, target: Float32Array): Bindings {
    const masks = new Map(this.#masks.map(({ name, data }) => [name, data]));
    return Object.fromEntries(this.#executable.inputs.map(({ name }) => {
      if (name === "target") return [name, target];
      return [name, masks.get(name) ?? state.weights.get(name)?.weights ?? x];
    }));
  }
}
