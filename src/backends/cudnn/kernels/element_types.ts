/**
 * Element types of the values of a plan: in half precision, what is added up over voxels stays in
 * single precision, as do the few numbers that are made of such sums. A loss, a mean or a variance
 * would lose most of its digits, and would save no memory.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { Plan, Step } from "../../../plan/plan.ts";
import type { DataType } from "../cuda/data_type.ts";

/** How a step reads an input. */
type Reading =
  /** In the plan's type. */
  | "element"
  /** In single precision. */
  | "single"
  /** In whatever type it has. */
  | "any";

/** Ops whose kernels take single precision among their inputs; all others read elements only. */
const READINGS: Readonly<Partial<Record<OpName, readonly Reading[]>>> = {
  // chains of pointwise operations
  add: ["any", "any"],
  mul: ["any", "any"],
  relu: ["any"],
  leaky_relu: ["any"],
  elu: ["any"],
  sigmoid: ["any"],
  prelu: ["any"],
  scale_shift: ["any"],
  batch_norm: ["any"],
  affine: ["any"],
  reciprocal: ["any"],
  softplus: ["any"],
  expand: ["any"],
  normalise: ["any", "any", "any"],
  leaky_relu_backward: ["any", "any"],
  prelu_backward_data: ["any", "any", "any"],
  // reductions
  sum: ["any"],
  variance: ["element", "single"],
  normalise_backward: ["element", "single", "single"],
  normalise_backward_scale: ["element", "single", "single"],
};

/** Ops that add up, in double precision, what would be rounded if it were kept as elements. */
const REDUCTIONS: ReadonlySet<OpName> = new Set([
  "sum",
  "variance",
  "prelu_backward_slope",
  "normalise_backward_scale",
]);

/** Whether a tensor has one voxel: a number a channel, or one. */
function isStatistic(shape: Shape): boolean {
  return shape.slice(2).every((size) => size === 1);
}

/**
 * The type of every value of a plan.
 *
 * @param type of activations and weights
 */
export function elementTypes(plan: Plan, type: DataType): readonly DataType[] {
  const types = new Array<DataType>(plan.values.length).fill(type);
  if (type === "f32") return types;
  const readings = new Map<ValueId, Set<Reading>>();
  const note = (id: ValueId, reading: Reading) => {
    readings.set(id, (readings.get(id) ?? new Set()).add(reading));
  };
  for (const step of plan.steps) {
    step.inputs.forEach((id, i) => note(id, READINGS[step.op]?.[i] ?? "element"));
    for (const { operands } of step.epilogue) operands.forEach((id) => note(id, "any"));
    for (const id of step.joined?.parts ?? []) note(id, "element");
  }
  const parameters = new Set(plan.parameters.map(({ value }) => value));
  const decide = (id: ValueId, summed: boolean) => {
    const read = readings.get(id);
    if (read?.has("single") || summed && !read?.has("element")) types[id] = "f32";
  };
  for (const id of plan.inputs) decide(id, isStatistic(plan.values[id].shape));
  for (const step of plan.steps) decide(step.output, isSummed(step));
  return types;

  /** Whether a result is a sum, or made of such. */
  function isSummed(step: Step): boolean {
    const { op, inputs, output } = step;
    if (op === "prelu_backward_slope") return true;
    if (!isStatistic(plan.values[output].shape)) return false;
    if (REDUCTIONS.has(op)) return true;
    const chained = READINGS[op]?.every((reading) => reading === "any") ?? false;
    const activations = inputs.filter((id) => !parameters.has(id));
    return chained && activations.every((id) => types[id] === "f32");
  }
}
