/**
 * Ops of each element: one chain, together with what is fused to them.
 *
 * @module
 */

import type { OpName } from "../../../graph/ops/mod.ts";
import type { PointwiseName, StepOf } from "../../../plan/plan.ts";
import type { Link, Operand } from "../chain.ts";
import { linksOf, perChannel, slopes } from "../links.ts";
import type { Lower, Lowering } from "../lowering.ts";
import type { Get, Numbers } from "../tensors.ts";

/** Runs links and then the fused ops of a step, in one go. */
function chain<K extends OpName>(
  { name, output, epilogue }: StepOf<K>,
  lowering: Lowering,
  links: readonly Link[],
): void {
  const result = lowering.activation(output);
  const all = [...links, ...lowering.epilogueLinks(epilogue, result.shape)];
  lowering.chain(name, all, result);
}

/** The ops that may be fused, by themselves: the first input is the running value. */
export function pointwise<K extends PointwiseName>(op: K): Lower<K> {
  return (step, lowering) => {
    const [x, ...operands] = step.inputs;
    const { tensors } = lowering;
    const links = linksOf(op, step.attributes, operands, tensors.shape(step.output), tensors);
    chain(step, lowering, [{ op: "load", operand: lowering.activation(x) }, ...links]);
  };
}

/** Ops of one tensor without parameters. */
export function unary<K extends "affine" | "reciprocal" | "softplus" | "expand">(
  linksFor: (step: StepOf<K>) => readonly Link[],
): Lower<K> {
  return (step, lowering) => {
    const load: Link = { op: "load", operand: lowering.activation(step.inputs[0]) };
    chain(step, lowering, [load, ...linksFor(step)]);
  };
}

/** With known statistics: one factor and one summand a channel. */
export const batchNorm: Lower<"batch_norm"> = (step, lowering) => {
  const [x, ...parameters] = step.inputs;
  const { tensors } = lowering;
  const shape = tensors.shape(parameters[0]);
  const { epsilon } = step.attributes;
  const pack = (what: string, make: (scale: Float64Array, get: Get) => Numbers) => {
    const [gamma, , , variance] = parameters;
    return tensors.pack(`${step.output} ${what}`, shape, "f32", (get) => {
      const spread = get(variance);
      const scale = Float64Array.from(get(gamma), (g, c) => g / Math.sqrt(spread[c] + epsilon));
      return make(scale, get);
    });
  };
  const [, beta, mean] = parameters;
  const output = tensors.shape(step.output);
  const operand = (address: bigint): Operand => ({
    address,
    shape: [1, output[1], ...output.slice(2).map(() => 1)],
    type: "f32",
  });
  const scale = pack("scale", (values) => values);
  const shift = pack("shift", (values, get) => {
    const centre = get(mean);
    return Float64Array.from(get(beta), (b, c) => b - centre[c] * values[c]);
  });
  chain(step, lowering, [
    { op: "load", operand: lowering.activation(x) },
    { op: "mul", operand: operand(scale) },
    { op: "add", operand: operand(shift) },
  ]);
};

/** With statistics that were computed. */
export const normalise: Lower<"normalise"> = (step, lowering) => {
  const [x, mean, variance, gamma, beta] = step.inputs;
  const output = lowering.tensors.shape(step.output);
  chain(step, lowering, [
    { op: "load", operand: lowering.activation(x) },
    { op: "sub", operand: lowering.activation(mean) },
    { op: "over_spread", operand: lowering.activation(variance), alpha: step.attributes.epsilon },
    { op: "mul", operand: perChannel(gamma, output, lowering.tensors) },
    { op: "add", operand: perChannel(beta, output, lowering.tensors) },
  ]);
};

/** dx = y > 0 ? dy : slope * dy. */
export const leakyReluBackward: Lower<"leaky_relu_backward"> = (step, lowering) => {
  const [y, dy] = step.inputs;
  chain(step, lowering, [
    { op: "load", operand: lowering.activation(dy) },
    { op: "gate", operand: lowering.activation(y), alpha: step.attributes.slope },
  ]);
};

/** dx = (x > 0 ? 1 : slope) * dy. */
export const preluBackwardData: Lower<"prelu_backward_data"> = (step, lowering) => {
  const [x, slope, dy] = step.inputs;
  const output = lowering.tensors.shape(step.output);
  chain(step, lowering, [
    { op: "load", operand: slopes(slope, output, lowering.tensors) },
    { op: "one_above", operand: lowering.activation(x) },
    { op: "mul", operand: lowering.activation(dy) },
  ]);
};
