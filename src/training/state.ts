/**
 * All that a training changes: weights, moments of Adam, the step, and the best so far.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import { type Graph, seededWeights, weightsHash, type WeightSource } from "../graph/mod.ts";
import { tensor, type Tensors } from "../tensor/tensor.ts";
import type { AdamState } from "./adam.ts";

/** A model's weights in training. */
export interface WeightState extends AdamState {
  /** Weights, or a running statistic. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** First moments; empty where nothing is learned. */
  readonly mean: Float32Array<ArrayBuffer>;
  /** Second moments; empty where nothing is learned. */
  readonly square: Float32Array<ArrayBuffer>;
  /** Shape of the weights. */
  readonly shape: readonly number[];
}

/** The best weights so far. */
export interface Best {
  /** Epoch after which they were, from 1. */
  readonly epoch: number;
  /** Validation Dice. */
  readonly dice: number;
}

/** A training between two steps. */
export interface TrainingState {
  /** Weights by name, in the order of the graph. */
  readonly weights: ReadonlyMap<string, WeightState>;
  /** Steps taken. */
  step: number;
  /** Sum of the losses of the epoch so far. */
  lossSum: number;
  /** The best so far; null before the first epoch. */
  best: Best | null;
}

/** The state before the first step: seeded weights, no moments. */
export function initialState(graph: Graph, seed: number): TrainingState {
  const source = seededWeights(graph, seed);
  const weights = new Map(graph.parameters.map(({ value, trainable }) => {
    const { name, shape } = graph.values[value];
    const moments = trainable ? elements(shape) : 0;
    const state: WeightState = {
      weights: Float32Array.from(source(name).data),
      mean: new Float32Array(moments),
      square: new Float32Array(moments),
      shape,
    };
    return [name, state] as const;
  }));
  return { weights, step: 0, lossSum: 0, best: null };
}

/** The weights of a state, as an executable takes them. */
export function weightSource({ weights }: Pick<TrainingState, "weights">): WeightSource {
  return (name) => {
    const { shape, weights: data } = weights.get(name)!;
    return tensor("f32", shape, data);
  };
}

/** The weights of a state by name. */
export function weightTensors(state: Pick<TrainingState, "weights">): Tensors {
  const source = weightSource(state);
  return new Map([...state.weights.keys()].map((name) => [name, source(name)]));
}

/** SHA-256 of the weights of a state. */
export function stateHash(graph: Graph, state: Pick<TrainingState, "weights">): string {
  return weightsHash(graph, weightSource(state));
}
