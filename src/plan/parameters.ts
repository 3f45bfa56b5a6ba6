/**
 * The tensors of a plan's parameters, made from the model's weights in double precision.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import type { WeightSource } from "../graph/weights.ts";
import { asFloat32, asFloat64, type Tensor, tensor } from "../tensor/tensor.ts";
import type { Derivation, Statistics } from "./plan.ts";

/**
 * The tensor that a derivation stands for, in logical order.
 *
 * @param rounded whether it may be in single precision, rounded once, which takes less memory
 */
export function materialise(
  derivation: Derivation,
  weights: WeightSource,
  rounded = false,
): Tensor {
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
      // products are of double precision; single precision in memory rounds them once
      const dtype = rounded && source.dtype !== "f64" ? "f32" : "f64";
      const read = dtype === "f32" ? asFloat32(source) : asFloat64(source);
      // conversion copies; what needs none is the caller's own memory
      const scaled = source.dtype === dtype ? read.slice() : read;
      for (let start = 0, c = 0; start < scaled.length; start += inner, c++) {
        const factor = scale[c % scale.length];
        for (let i = start; i < start + inner; i++) scaled[i] *= factor;
      }
      return tensor(dtype, source.shape, scaled);
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
