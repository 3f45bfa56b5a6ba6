/**
 * The launch and traffic model: every kernel of a pass with the bytes that it moves and the
 * operations that it does, and from them the time that it is predicted to take.
 *
 * @module
 */

import { InputError } from "../../base/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Precision } from "../backend.ts";
import type { PassPrediction, PredictedKernel } from "../prediction.ts";
import { describedTarget } from "./described_target.ts";
import { ASSUMPTIONS, DEVICE_MODELS, predictWork } from "./device_models.ts";
import { lowerPlan } from "./lowering.ts";
import { ARITHMETIC } from "./precisions.ts";
import { predictScan, SCAN_ASSUMPTIONS } from "./scan_prediction.ts";

/**
 * A prediction of a pass, from its inputs in the caller's order to its outputs there.
 *
 * @param device one of `DEVICE_MODELS`
 * @throws InputError for a device that is not known, or a precision that it does not have
 */
export function predict(plan: Plan, precision: Precision, device: string): PassPrediction {
  const model = DEVICE_MODELS[device];
  if (!model) {
    throw new InputError(`there is no prediction for ${device}`, {
      advice: `choose one of ${Object.keys(DEVICE_MODELS).join(", ")}`,
    });
  }
  const arithmetic = ARITHMETIC[precision];
  if (!arithmetic) {
    throw new InputError(`there is no prediction for ${precision}`, {
      advice: `choose one of ${Object.keys(ARITHMETIC).join(", ")}`,
    });
  }
  using owned = new DisposableStack();
  const target = describedTarget(model, arithmetic);
  const { load, steps, store } = lowerPlan(target, owned, plan, noWeights, arithmetic);
  const passes = [
    ...load.map(({ port, calls }) => ({ name: `load ${port.name}`, calls })),
    ...steps.map(({ step, calls }) => ({ name: step.name, calls })),
    ...store.map(({ port, calls }) => ({ name: `store ${port.name}`, calls })),
  ];
  const kernels = passes.flatMap(({ name: step, calls }) =>
    calls.flatMap(({ work }) =>
      work.map((one): PredictedKernel => ({
        step,
        kernel: one.kernel,
        bytes: one.bytes,
        flops: one.flops,
        ...predictWork(one, model, arithmetic),
      }))
    )
  );
  const seconds = kernels.reduce((sum, one) => sum + one.seconds, 0);
  if (!Number.isFinite(seconds)) {
    throw new InputError(`a ${model.name} does not compute in ${precision}`, {
      advice: "choose fp32 or fp16",
    });
  }
  const [input, ...others] = load;
  const scan = input && others.length === 0 && store.length === 1
    ? predictScan(model, arithmetic, input.port.shape, seconds)
    : null;
  const assumptions = [...ASSUMPTIONS, ...(scan ? SCAN_ASSUMPTIONS : [])];
  return { prediction: true, device: model.name, assumptions, kernels, seconds, scan };
}

/** Weights that nobody asks for. */
function noWeights(name: string): never {
  throw new TypeError(`a prediction reads no weights: ${name}`);
}
