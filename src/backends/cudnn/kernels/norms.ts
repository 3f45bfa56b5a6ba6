/**
 * Norms of each sample, statistics, and the gradients of norms.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { Address } from "../cuda/arguments.ts";
import type { Lower } from "./kernel.ts";
import { type Link, type Operand, perChannel } from "./pointwise_chain.ts";
import { like, reduceColumns } from "./reductions.ts";

/** Bytes of a statistic, which is in single precision always. */
const SINGLE = 4;

/** Slots of two temporaries, beside those of the reductions. */
const [FIRST, SECOND] = [2, 3];

/** The mean of the squared distance from a mean. */
export const variance: Lower<"variance"> = (step, emitter) => {
  const { tensors } = emitter;
  const [x, mean] = step.inputs;
  const view = like(tensors.shape(mean), tensors.shape(x));
  reduceColumns(emitter, {
    context: step.name,
    kind: "squared_distance",
    x: tensors.activation(x),
    type: tensors.typeOf(x),
    ...view,
    statistics: { mean: tensors.statistic(mean), ...sharing(view), epsilon: 0 },
    y: tensors.activation(step.output),
    result: tensors.typeOf(step.output),
    scale: 1 / view.rows,
  });
  emitter.applyEpilogue(step);
};

/** Rows that share statistics: those of a group. */
function sharing({ groups, rows }: { groups: number; rows: number }): { rows: number } {
  return { rows: groups === 1 ? 0 : rows };
}

/** Mean and variance of each sample and channel, then the norm with them. */
export const instanceNorm: Lower<"instance_norm"> = (step, emitter) => {
  const { tensors } = emitter;
  const [x, gamma, beta] = step.inputs;
  const result = emitter.activation(step.output);
  const [N, C, ...spatial] = result.shape;
  const shape: Shape = [N, C, ...spatial.map(() => 1)];
  const [mean, spread] = [FIRST, SECOND].map((slot) => emitter.scratch(N * C * SINGLE, slot));
  const view = like(shape, result.shape);
  const common = {
    context: step.name,
    x: tensors.activation(x),
    type: tensors.typeOf(x),
    result: "f32" as const,
    ...view,
    scale: 1 / view.rows,
  };
  reduceColumns(emitter, { ...common, kind: "plain", y: mean });
  const statistics = { mean, ...sharing(view), epsilon: 0 };
  reduceColumns(emitter, { ...common, kind: "squared_distance", statistics, y: spread });
  const operand = (address: Address): Operand => ({ address, shape, type: "f32" });
  emitter.chain(step.name, [
    { op: "load", operand: emitter.activation(x) },
    { op: "sub", operand: operand(mean) },
    { op: "over_spread", operand: operand(spread), alpha: step.attributes.epsilon },
    { op: "mul", operand: perChannel(gamma, result.shape, tensors) },
    { op: "add", operand: perChannel(beta, result.shape, tensors) },
    ...emitter.epilogueLinks(step.epilogue, result.shape),
  ], result);
};

/** dx = gamma * r * (dy - mean of dy - h * mean of dy * h). */
export const normaliseBackward: Lower<"normalise_backward"> = (step, emitter) => {
  const { tensors } = emitter;
  const { epsilon } = step.attributes;
  const [x, mean, spread, gamma, dy] = step.inputs;
  const shape = tensors.shape(mean);
  const result = emitter.activation(step.output);
  const view = like(shape, result.shape);
  const [plain, weighted] = [FIRST, SECOND]
    .map((slot) => emitter.scratch(elements(shape) * SINGLE, slot));
  const common = {
    context: step.name,
    type: tensors.typeOf(dy),
    result: "f32" as const,
    ...view,
    scale: 1 / view.rows,
  };
  reduceColumns(emitter, { ...common, kind: "plain", x: tensors.activation(dy), y: plain });
  reduceColumns(emitter, {
    ...common,
    kind: "times_normalised",
    x: tensors.activation(x),
    other: tensors.activation(dy),
    statistics: {
      mean: tensors.statistic(mean),
      variance: tensors.statistic(spread),
      ...sharing(view),
      epsilon,
    },
    y: weighted,
  });
  const operand = (address: Address): Operand => ({ address, shape, type: "f32" });
  const overSpread: Link = {
    op: "over_spread",
    operand: emitter.activation(spread),
    alpha: epsilon,
  };
  emitter.chain(step.name, [
    { op: "load", operand: emitter.activation(x) },
    { op: "sub", operand: emitter.activation(mean) },
    overSpread,
    { op: "mul", operand: operand(weighted) },
    { op: "affine", alpha: -1 },
    { op: "add", operand: emitter.activation(dy) },
    { op: "sub", operand: operand(plain) },
    { op: "mul", operand: perChannel(gamma, result.shape, tensors) },
    overSpread,
    ...emitter.epilogueLinks(step.epilogue, result.shape),
  ], result);
};

/** The sum of dy * h over samples and voxels. */
export const normaliseBackwardScale: Lower<"normalise_backward_scale"> = (step, emitter) => {
  const { tensors } = emitter;
  const [x, mean, spread, dy] = step.inputs;
  const shape = tensors.shape(x);
  const [N, C] = shape;
  const rows = elements(shape) / C;
  const perSample = tensors.shape(mean)[0] === N && N > 1;
  reduceColumns(emitter, {
    context: step.name,
    kind: "times_normalised",
    x: tensors.activation(x),
    other: tensors.activation(dy),
    type: tensors.typeOf(x),
    groups: 1,
    rows,
    columns: C,
    statistics: {
      mean: tensors.statistic(mean),
      variance: tensors.statistic(spread),
      rows: perSample ? rows / N : 0,
      epsilon: step.attributes.epsilon,
    },
    y: tensors.activation(step.output),
    result: tensors.typeOf(step.output),
    scale: 1,
  });
  emitter.applyEpilogue(step);
};
