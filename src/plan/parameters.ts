/**
 * The tensors of a plan's parameters, made from the model's weights in double precision.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import type { WeightSource } from "../graph/weights.ts";
import { asFloat64, type Tensor, tensor } from "../tensor/tensor.ts";
import type { Derivation, Statistics } from "./plan.ts";

/** The tensor that a derivation stands for, in logical order. */
export function materialise(derivation: Derivation, weights: WeightSource): Tensor {
  switch (derivation.kind) {
    case "given":
      return weights(derivation.name);
    case "norm_scale": {
      const scale = normScale(derivation, weights);
      return tensor("f64", [scale.length], scale);
    }
    case "norm_shift": {
      const scale = normScale(derivation, weights);
      const beta = asFloat64(weights(derivation.beta));
      const mean = asFloat64(weights(derivation.mean));
      const bias = derivation.bias === null ? null : asFloat64(weights(derivation.bias));
      const shift = scale.map((s, c) => beta[c] + ((bias?.[c] ?? 0) - mean[c]) * s);
      return tensor("f64", [shift.length], shift);
    }
    case "scaled": {
      const { shape, data } = toFloat64(weights(derivation.weight));
      const scale = normScale(derivation, weights);
      const inner = elements(shape.slice(derivation.axis + 1));
      const scaled = data.map((w, i) => w * scale[Math.floor(i / inner) % scale.length]);
      return tensor("f64", shape, scaled);
    }
  }
}

function normScale(
  { gamma, variance, epsilon }: Statistics,
  weights: WeightSource,
): Float64Array<ArrayBuffer> {
  const spread = asFloat64(weights(variance));
  return asFloat64(weights(gamma)).map((g, c) => g / Math.sqrt(spread[c] + epsilon));
}

function toFloat64(source: Tensor): Tensor<"f64"> {
  return tensor("f64", source.shape, asFloat64(source));
}
