/**
 * Ops of each element: one chain, together with what is fused to them.
 *
 * @module
 */

import type { OpName } from "../../../graph/ops/mod.ts";
import type { PointwiseName, StepOf } from "../../../plan/plan.ts";
import type { Emitter } from "./emitter.ts";
import type { Lower } from "./kernel.ts";
import { type Link, linksOf, type Operand, perChannel, slopes } from "./pointwise_chain.ts";
import type { Get, Numbers } from "./tensors.ts";

/** Runs links and then the fused ops of a step, in one go. */
function chain<K extends OpName>(
  { name, output, epilogue }: StepOf<K>,
  emitter: Emitter,
  links: readonly Link[],
): void {
  const result = emitter.activation(output);
  const all = [...links, ...emitter.epilogueLinks(epilogue, result.shape)];
  emitter.chain(name, all, result);
}

/** The ops that may be fused, by themselves: the first input is the running value. */
export function pointwise<K extends PointwiseName>(op: K): Lower<K> {
  return (step, emitter) => {
    const [x, ...operands] = step.inputs;
    const { tensors } = emitter;
    const links = linksOf(op, {
      attributes: step.attributes,
      operands,
      output: tensors.shape(step.output),
      tensors,
      activation: (id) => emitter.activation(id),
    });
    chain(step, emitter, [{ op: "load", operand: emitter.activation(x) }, ...links]);
  };
}

/** Ops of one tensor without parameters. */
export function unary<K extends "affine" | "reciprocal" | "softplus" | "expand">(
  linksFor: (step: StepOf<K>) => readonly Link[],
): Lower<K> {
  return (step, emitter) => {
    const load: Link = { op: "load", operand: emitter.activation(step.inputs[0]) };
    chain(step, emitter, [load, ...linksFor(step)]);
  };
}

/** With known statistics: one factor and one summand a channel. */
export const batchNorm: Lower<"batch_norm"> = (step, emitter) => {
  const [x, ...parameters] = step.inputs;
  const { tensors } = emitter;
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
  chain(step, emitter, [
    { op: "load", operand: emitter.activation(x) },
    { op: "mul", operand: operand(scale) },
    { op: "add", operand: operand(shift) },
  ]);
};

/** With statistics that were computed. */
export const normalise: Lower<"normalise"> = (step, emitter) => {
  const [x, mean, variance, gamma, beta] = step.inputs;
  const output = emitter.tensors.shape(step.output);
  chain(step, emitter, [
    { op: "load", operand: emitter.activation(x) },
    { op: "sub", operand: emitter.activation(mean) },
    { op: "over_spread", operand: emitter.activation(variance), alpha: step.attributes.epsilon },
    { op: "mul", operand: perChannel(gamma, output, emitter.tensors) },
    { op: "add", operand: perChannel(beta, output, emitter.tensors) },
  ]);
};

/** dx = y > 0 ? dy : slope * dy. */
export const leakyReluBackward: Lower<"leaky_relu_backward"> = (step, emitter) => {
  const [y, dy] = step.inputs;
  chain(step, emitter, [
    { op: "load", operand: emitter.activation(dy) },
    { op: "gate", operand: emitter.activation(y), alpha: step.attributes.slope },
  ]);
};

/** dx = (x > 0 ? 1 : slope) * dy. */
export const preluBackwardData: Lower<"prelu_backward_data"> = (step, emitter) => {
  const [x, slope, dy] = step.inputs;
  const output = emitter.tensors.shape(step.output);
  chain(step, emitter, [
    { op: "load", operand: slopes(slope, output, emitter.tensors) },
    { op: "one_above", operand: emitter.activation(x) },
    { op: "mul", operand: emitter.activation(dy) },
  ]);
};
