/**
 * The reference backend: plain TypeScript, the living definition of every op. It computes in
 * double precision and stores in the precision asked for. Meant for small inputs.
 *
 * @module
 */

import { allocate } from "../../base/dtypes.ts";
import { MissingError } from "../../base/errors.ts";
import { elements } from "../../base/shapes.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { OpName } from "../../graph/ops/mod.ts";
import type { WeightSource } from "../../graph/weights.ts";
import { LITERAL } from "../../plan/mod.ts";
import { materialise } from "../../plan/parameters.ts";
import type { FusedOp, FusedOpOf, Plan, PointwiseName, Step, StepOf } from "../../plan/plan.ts";
import { asFloat32, asFloat64 } from "../../tensor/tensor.ts";
import type { Backend, BackendFactory, Bindings, Executable, Precision } from "../backend.ts";
import { bound, boundInput, fromChannelsLast, portsOf, toChannelsLast } from "../bindings.ts";
import type { Numbers } from "./field.ts";
import { type Kernel, KERNELS, type Operand } from "./kernels/mod.ts";

const PRECISIONS: readonly Precision[] = ["fp64", "fp32"];

/** Work that plain TypeScript finishes in about a minute. */
const FEASIBLE_FLOPS = 2e10;

/** The reference backend; always available. */
export const reference: BackendFactory = {
  name: "reference",
  probe: () => ({ available: true, detail: "plain TypeScript, for small inputs" }),
  open: (): Backend => ({
    name: "reference",
    device: { kind: "cpu", isa: null, threads: 1, libraries: {} },
    precisions: PRECISIONS,
    planning: LITERAL,
    feasibleFlops: FEASIBLE_FLOPS,
    lower,
    [Symbol.dispose]() {},
  }),
};

function lower(plan: Plan, weights: WeightSource, precision: Precision): Executable {
  if (!PRECISIONS.includes(precision)) {
    throw new MissingError(`the reference backend does not compute in ${precision}`, {
      advice: `choose one of ${PRECISIONS.join(", ")}, or another backend`,
      details: { precision },
    });
  }
  const { arena, values } = plan;
  if (!arena) throw new TypeError(`the memory of plan ${plan.name} is not planned`);
  const dtype = precision === "fp64" ? "f64" : "f32";
  const memory = allocate(dtype, arena.elements);
  const parameters = new Map<ValueId, Numbers>();
  const take = (given: WeightSource) => {
    for (const { value, derivation } of plan.parameters) {
      const made = materialise(derivation, given);
      // a copy: the caller's own memory may change
      parameters.set(value, (dtype === "f64" ? asFloat64(made) : asFloat32(made)).slice());
    }
  };
  take(weights);
  const operand = (id: ValueId): Operand => {
    const { shape } = values[id];
    const offset = arena.offsets[id];
    const data = parameters.get(id) ??
      memory.subarray(offset!, offset! + elements(shape));
    return { data, shape };
  };
  const inputs = portsOf(plan, plan.inputs);
  const outputs = portsOf(plan, plan.outputs);
  const weightElements = [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
  const steps = plan.steps.map(({ name, op }) => ({ name, op, implementation: "typescript" }));
  const load = (given: Bindings) =>
    inputs.forEach((port, i) =>
      toChannelsLast(boundInput(given, port), operand(plan.inputs[i]).data, port.shape)
    );
  const store = (wanted: Bindings) =>
    outputs.forEach((port, i) =>
      fromChannelsLast(operand(plan.outputs[i]).data, bound(wanted, port), port.shape)
    );
  return {
    inputs,
    outputs,
    steps,
    memory: {
      arena: memory.byteLength,
      weights: weightElements * memory.BYTES_PER_ELEMENT,
      scratch: 0,
    },
    load: take,
    run(given: Bindings, wanted: Bindings) {
      load(given);
      for (const step of plan.steps) runStep(step, operand);
      store(wanted);
    },
    profile(given: Bindings, wanted: Bindings) {
      load(given);
      const times = plan.steps.map((step, i) => {
        const start = performance.now();
        runStep(step, operand);
        return { ...steps[i], seconds: (performance.now() - start) / 1000 };
      });
      store(wanted);
      return times;
    },
    [Symbol.dispose]() {},
  };
}

function runStep<K extends OpName>(step: Step & StepOf<K>, operand: (id: ValueId) => Operand) {
  const kernel = KERNELS[step.op] as Kernel<K>;
  const output = operand(step.output);
  kernel(step.inputs.map(operand), output, step.attributes);
  for (const fused of step.epilogue) runFused(fused, output, operand);
}

/** A fused op writes over the result of its step. */
function runFused<K extends PointwiseName>(
  fused: FusedOp & FusedOpOf<K>,
  output: Operand,
  operand: (id: ValueId) => Operand,
) {
  const kernel = KERNELS[fused.op] as Kernel<K>;
  kernel([output, ...fused.operands.map(operand)], output, fused.attributes);
}
