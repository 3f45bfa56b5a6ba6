/**
 * Adam, as PyTorch computes it (Kingma & Ba 2015, without weight decay).
 *
 * @module
 */

import type { AdamFactors } from "../backends/learning.ts";

/** Weights with their moments, all of one length. */
export interface AdamState {
  /** The weights, changed in place. */
  readonly weights: Float32Array;
  /** First moments, changed in place. */
  readonly mean: Float32Array;
  /** Second moments, changed in place. */
  readonly square: Float32Array;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** What an update multiplies by; devices of their own get it as numbers. */
export function adamFactors(rate: number, step: number): AdamFactors {
  return {
    beta1: BETA1,
    beta2: BETA2,
    epsilon: EPSILON,
    size: rate / (1 - BETA1 ** step),
    correction: 1 / Math.sqrt(1 - BETA2 ** step),
  };
}

/**
 * One update: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
 * w -= rate / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps).
 *
 * @param step t, from 1
 * @returns whether all weights are finite
 *
 * @example
 * ```ts
 * import { adam } from "./adam.ts";
 * import assert from "node:assert/strict";
 * const weights = Float32Array.of(1);
 * const state = { weights, mean: new Float32Array(1), square: new Float32Array(1) };
 * assert.ok(adam(state, Float32Array.of(5), 0.1, 1));
 * assert.ok(Math.abs(weights[0] - 0.9) < 1e-6); // the first step is as long as the rate
 * ```
 */
export function adam(
  { weights, mean, square }: AdamState,
  gradient: Float32Array,
  rate: number,
  step: number,
): boolean {
  const { size, correction } = adamFactors(rate, step);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i];
    const m = BETA1 * mean[i] + (1 - BETA1) * g;
    const v = BETA2 * square[i] + (1 - BETA2) * g * g;
    mean[i] = m;
    square[i] = v;
    const w = weights[i] - size * m / (Math.sqrt(v) * correction + EPSILON);
    weights[i] = w;
    sum += w;
  }
  return Number.isFinite(sum);
}
