/**
 * The work of a plan's steps, as they run: fused and folded.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import { opCost, type ValueId } from "../graph/graph.ts";
import type { Cost } from "../graph/op.ts";
import { tapsInside } from "../graph/windowed.ts";
import type { FusedOpOf, Plan, PointwiseName, Step } from "./plan.ts";

/**
 * Work of one step: the operations of its op and of all ops that are fused into it, and the bytes that
 * must at least pass between it and memory. Every tensor that it reads counts once, as far as it
 * is read, and so does the one that it writes; what fused ops hand on stays in registers.
 *
 * @param elementBytes bytes of an element, of parameters too
 */
export function stepCost(plan: Plan, step: Step, elementBytes: number): Cost {
  const shape = (id: ValueId) => plan.values[id].shape;
  const output = shape(step.output);
  const own = opCost(step, step.inputs.map(shape), output).flops;
  const fused = step.epilogue.reduce(
    (sum, op: FusedOpOf<PointwiseName>) =>
      sum + opCost(op, [output, ...op.operands.map(shape)], output).flops,
    0,
  );
  const read = new Map<ValueId, number>();
  const reads = (id: ValueId, count: number) => read.set(id, Math.max(read.get(id) ?? 0, count));
  step.inputs.forEach((id, place) => {
    const { whole, part } = step.padded ?? {};
    if (part !== undefined && id === whole) reads(part, elements(shape(part)));
    else reads(id, place === 0 ? elementsRead(plan, step) : elements(shape(id)));
  });
  for (const { operands } of step.epilogue) {
    for (const id of operands) reads(id, elements(shape(id)));
  }
  const moved = [...read.values()].reduce((sum, count) => sum + count, elements(output));
  return { flops: own + fused, bytes: elementBytes * moved };
}

/** Elements of its first input that a step reads: strides and crops leave some untouched. */
function elementsRead({ values }: Plan, step: Step): number {
  const x = values[step.inputs[0]].shape;
  const y = values[step.output].shape;
  switch (step.op) {
    case "crop":
    case "channel_slice":
      return elements(y);
    case "conv":
    case "max_pool": {
      const { attributes } = step;
      return x.slice(2).reduce(
        (count, size, axis) =>
          count * Math.min(size, tapsInside(size, y[axis + 2], axis, attributes)),
        x[0] * x[1],
      );
    }
    default:
      return elements(x);
  }
}
