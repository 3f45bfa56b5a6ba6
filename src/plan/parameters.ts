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
      const source = weights(derivation.weight);
      const scale = normScale(derivation, weights);
      const inner = elements(source.shape.slice(derivation.axis + 1));
      // conversion copies; double precision is the caller's own memory
      const scaled = source.dtype === "f64" ? asFloat64(source).slice() : asFloat64(source);
      for (let start = 0, c = 0; start < scaled.length; start += inner, c++) {
        const factor = scale[c % scale.length];
        for (let i = start; i < start + inner; i++) scaled[i] *= factor;
      }
      return tensor("f64", source.shape, scaled);
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
