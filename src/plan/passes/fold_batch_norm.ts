/**
 * Folds batch norms with known statistics: into the convolution before them where nothing else
 * reads its result, else to one multiplication and one addition a channel.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import type { Value, ValueId } from "../../graph/graph.ts";
import {
  countUses,
  type Derivation,
  type Plan,
  type PlanParameter,
  type Statistics,
  type Step,
  type StepOf,
} from "../plan.ts";

/** Axis of the output channels in the weight of each op that a batch norm folds into. */
const OUTPUT_AXIS = { conv: 0, deconv: 1 } as const;

/** A plan without batch norms. */
export function foldBatchNorm(plan: Plan): Plan {
  const uses = countUses(plan);
  const values: Value[] = [...plan.values];
  const parameters: PlanParameter[] = [...plan.parameters];
  const steps: Step[] = [];

  const derive = (name: string, shape: Shape, derivation: Derivation): ValueId => {
    values.push({ name, shape, from: "parameter" });
    parameters.push({ value: values.length - 1, derivation });
    return values.length - 1;
  };
  const nameOf = (id: ValueId) => values[id].name;

  for (const step of plan.steps) {
    if (step.op !== "batch_norm") {
      steps.push(step);
      continue;
    }
    const [x, gamma, beta, mean, variance] = step.inputs;
    const statistics: Statistics = {
      gamma: nameOf(gamma),
      variance: nameOf(variance),
      epsilon: step.attributes.epsilon,
    };
    const channels = values[gamma].shape;
    const shift = (bias: ValueId | undefined) =>
      derive(`${step.name}.shift`, channels, {
        kind: "norm_shift",
        beta: nameOf(beta),
        mean: nameOf(mean),
        bias: bias === undefined ? null : nameOf(bias),
        ...statistics,
      });
    const at = steps.findIndex(({ output }) => output === x);
    const producer = steps[at];
    if (producer && foldable(producer) && uses[x] === 1) {
      const [input, weight, bias] = producer.inputs;
      const scaled = derive(`${nameOf(weight)}.scaled`, values[weight].shape, {
        kind: "scaled",
        weight: nameOf(weight),
        axis: OUTPUT_AXIS[producer.op],
        ...statistics,
      });
      steps[at] = { ...producer, inputs: [input, scaled, shift(bias)], output: step.output };
    } else {
      const scale = derive(`${step.name}.scale`, channels, { kind: "norm_scale", ...statistics });
      const { name, output } = step;
      steps.push({
        name,
        op: "scale_shift",
        attributes: {},
        inputs: [x, scale, shift(undefined)],
        output,
        epilogue: [],
      });
    }
  }
  return { ...plan, values, parameters, steps };
}

function foldable(step: Step): step is StepOf<"conv"> | StepOf<"deconv"> {
  return step.op in OUTPUT_AXIS && step.epilogue.length === 0;
}
