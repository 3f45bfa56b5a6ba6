/**
 * The sum of a convolution and what it convolves is a convolution as well, with 1 added to the taps
 * in the middle: nothing is read again, and there is no pass over memory where the input's only
 * channel is added to all. In tiles it is rounded as all that they take is (`winograd.ts`).
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { StepOf } from "../../../../plan/plan.ts";
import type { DataType } from "../../library/constants.ts";
import { addsResidual } from "../../lowering/fusion.ts";
import type { Lowering } from "../../lowering/lowering.ts";

/** A convolution with its weights. */
export interface Weighted {
  /** What is done, fused ops that are in the weights aside. */
  readonly step: StepOf<"conv">;
  /** (O, C / groups, ...kernel), the last axis fastest. */
  readonly weights: () => Float32Array<ArrayBuffer>;
}

/**
 * A convolution in whose weights a sum with its own input is, if that comes first.
 *
 * @param type of the weights
 */
export function foldResidual(
  step: StepOf<"conv">,
  { tensors }: Lowering,
  type: DataType,
): Weighted {
  const [, weight] = step.inputs;
  const [next, ...epilogue] = step.epilogue;
  // in bf16 a tap near 1 would lose what it was before
  if (type !== "f32" || !addsResidual(step, next, (id) => tensors.shape(id))) {
    return { step, weights: () => tensors.parameter(weight) };
  }
  const [outputs, inputs, ...kernel] = tensors.shape(weight);
  const taps = elements(kernel);
  const weights = () => {
    const sum = tensors.parameter(weight).slice();
    for (let o = 0; o < outputs; o++) {
      const c = inputs === 1 ? 0 : o;
      sum[(o * inputs + c) * taps + (taps - 1) / 2]++;
    }
    return sum;
  };
  return { step: { ...step, epilogue }, weights };
}
