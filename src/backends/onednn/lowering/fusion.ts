/**
 * Which pointwise ops are done inside which primitives at full speed.
 *
 * @module
 */

import { elements, sameShape, type Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { FusedOp, Plan, PointwiseName, Step, StepOf } from "../../../plan/plan.ts";

/** Primitives that apply post-ops before they store. */
const MATRIX: ReadonlySet<OpName> = new Set(["conv", "deconv", "linear"]);

/** Ops that run as one pass over memory, in which more ops find room. */
export const ELEMENTWISE: ReadonlySet<OpName> = new Set([
  "add",
  "mul",
  "scale_shift",
  "relu",
  "leaky_relu",
  "elu",
  "sigmoid",
]);

/** Whether a pointwise op can be fused, by op. */
const FUSABLE: {
  readonly [K in PointwiseName]: (step: Step, output: Shape, operand: Shape) => boolean;
} = {
  relu: () => true,
  leaky_relu: () => true,
  elu: () => true,
  sigmoid: () => true,
  scale_shift: () => true,
  // slopes an element, and slopes behind an elementwise primitive, have no fast kernel
  prelu: (step, _output, slopes) => MATRIX.has(step.op) && slopes.length === 1,
  // other broadcasts than a number a channel have no fast kernel inside a convolution
  add: (_step, output, operand) => isWholeOrVector(output, operand),
  mul: (_step, output, operand) => isWholeOrVector(output, operand),
};

function isWholeOrVector(output: Shape, operand: Shape): boolean {
  return sameShape(output, operand) || operand[1] === elements(operand) && operand[1] === output[1];
}

/** Whether the kernel of an op applies the epilogue of its step itself. */
export function appliesEpilogue(op: OpName): boolean {
  return MATRIX.has(op) || ELEMENTWISE.has(op);
}

/**
 * Whether a step convolves and the next op adds what it convolves, all channels of it or its only
 * one: a tap of 1 in the middle of the kernel does the same, and in fp32 that is how it is done.
 *
 * @param shape of a value
 */
export function addsResidual(
  step: Step,
  next: FusedOp | undefined,
  shape: (id: ValueId) => Shape,
): step is StepOf<"conv"> {
  const [x, weight] = step.inputs;
  if (step.op !== "conv" || next?.op !== "add" || next.operands[0] !== x) return false;
  const { kernel, stride, padBefore, padAfter, groups } = step.attributes;
  const middle = kernel.map((taps) => (taps - 1) / 2);
  const centred = [padBefore, padAfter].every((pad) => sameShape(pad, middle));
  const [outputs, inputs] = shape(weight);
  return groups === 1 && stride.every((one) => one === 1) && centred &&
    (inputs === outputs || inputs === 1);
}

/** Whether the next op is done inside the primitive of a step. */
export function fuses(step: Step, next: FusedOp, plan: Plan): boolean {
  const shape = (id: ValueId) => plan.values[id].shape;
  const output = shape(step.output);
  if (!appliesEpilogue(step.op)) return false;
  if (step.epilogue.length === 0 && addsResidual(step, next, shape)) return true;
  // a sum of two broadcasts runs as loops
  if (!step.inputs.some((id) => sameShape(shape(id), output)) && !MATRIX.has(step.op)) return false;
  const operand = next.operands.length > 0 ? shape(next.operands[0]) : [];
  return FUSABLE[next.op](step, output, operand);
}
