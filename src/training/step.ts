/**
 * One step of training: forward, loss, backward, Adam.
 *
 * @module
 */

import type { Backend, Bindings, Executable, Precision } from "../backends/mod.ts";
import type { Learner, LearningPlan } from "../backends/learning.ts";
import { compile } from "../backends/mod.ts";
import { elements } from "../base/shapes.ts";
import { random } from "../base/random.ts";
import { gradientName, type LossName, maskName, nextName, trainingStep } from "../graph/mod.ts";
import type { BuiltModel, Dropout } from "../models/mod.ts";
import { adam, adamFactors } from "./adam.ts";
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

/** What a device keeps of a state from one step to the next. */
function learningPlan({ inputs, outputs }: Executable, state: TrainingState): LearningPlan {
  const given = new Set(outputs.map(({ name }) => name));
  const names = [...state.weights.keys()];
  return {
    learned: names.map((parameter) => ({ parameter, gradient: gradientName(parameter) }))
      .filter(({ gradient }) => given.has(gradient)),
    carried: inputs.map(({ name: input }) => ({ input, output: nextName(input) }))
      .filter(({ input, output }) => state.weights.has(input) && given.has(output)),
    loss: outputs[0].name,
  };
}

/** A model that can be trained on a backend. */
export class Stepper implements Disposable {
  readonly #executable: Executable;
  /** What keeps the weights on a device; null where they are in the state only. */
  readonly #learner: Learner | null;
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
   * @param fillMask what is dropped (default: drawn from the seed)
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
    using stack = new DisposableStack();
    const executable = compile(backend, graph, weightSource(state), options.precision);
    this.#executable = stack.use(executable);
    this.#learner = executable.resident?.learner(learningPlan(executable, state)) ?? null;
    this.#learner?.load(state.weights);
    const room = (shape: readonly number[]) => new Float32Array(elements(shape));
    this.#outputs = Object.fromEntries(
      this.#learner ? [] : executable.outputs.map(({ name, shape }) => [name, room(shape)]),
    );
    this.#lossName = this.#executable.outputs[0].name;
    const inputs = new Map(this.#executable.inputs.map(({ name, shape }) => [name, shape]));
    this.#masks = Object.entries(dropouts).map(([node, { rate }]) => {
      const name = maskName(node);
      return { name, rate, data: room(inputs.get(name)!) };
    });
    this.#fillMask = fillMask;
    stack.move();
  }

  /** Memory of activations and packed weights, in bytes. */
  get memory(): Executable["memory"] {
    return this.#executable.memory;
  }

  /**
   * Takes a step: changes the state, its weights and moments in place. Where a device keeps those,
   * `settle` brings them back.
   */
  step(state: TrainingState, { image, target }: Batch, rate: number): StepResult {
    for (const { data, ...dropout } of this.#masks) this.#fillMask(data, dropout, state.step);
    if (this.#learner) {
      const factors = adamFactors(rate, ++state.step);
      return this.#learner.step(this.#bindings(state, image, target), factors);
    }
    this.#executable.load(weightSource(state));
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

  /** Brings weights and moments into the state, before anything but a step looks at it. */
  settle(state: TrainingState): void {
    this.#learner?.store(state.weights);
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
