/**
 * Weights that stay on a device while they are trained.
 *
 * @module
 */

import type { Bindings } from "./bindings.ts";

/** What of a training step's graph a device keeps from one step to the next. */
export interface LearningPlan {
  /** What is learned: parameters by name, and the outputs that are their gradients. */
  readonly learned: readonly { readonly parameter: string; readonly gradient: string }[];
  /** Outputs that are inputs of the next step. */
  readonly carried: readonly { readonly input: string; readonly output: string }[];
  /** The output that is the loss: one number. */
  readonly loss: string;
}

/** Numbers of Adam for one step; see `training/adam.ts`. */
export interface AdamFactors {
  /** Share of the first moment that a step keeps. */
  readonly beta1: number;
  /** Share of the second moment that a step keeps. */
  readonly beta2: number;
  /** What keeps a division by nothing away. */
  readonly epsilon: number;
  /** rate / (1 - beta1^t). */
  readonly size: number;
  /** 1 / sqrt(1 - beta2^t). */
  readonly correction: number;
}

/** A weight with its moments, which are empty where nothing is learned. */
export interface LearnedNumbers {
  /** The weight, or what is carried. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** First moments. */
  readonly mean: Float32Array<ArrayBuffer>;
  /** Second moments. */
  readonly square: Float32Array<ArrayBuffer>;
}

/** Weights by name of parameter, or of input where they are carried. */
export type LearnedWeights = ReadonlyMap<string, LearnedNumbers>;

/** Training steps on a device; closed with the executable that it comes from. */
export interface Learner {
  /** Takes weights and moments to the device. */
  load(weights: LearnedWeights): void;
  /**
   * Takes a step.
   *
   * @param inputs all but what is carried
   * @returns the loss before the step, and whether all that it changed is finite
   */
  step(
    inputs: Bindings,
    factors: AdamFactors,
  ): { readonly loss: number; readonly finite: boolean };
  /** Brings weights and moments back, into the arrays that are given. */
  store(weights: LearnedWeights): void;
}
