/**
 * Convolutions and dense layers.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../constants.ts";
import type { Argument } from "../execution.ts";
import { foldFactor, foldWeights, foldWindow } from "../fold.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { dimensions } from "../session.ts";
import { folded, type Layout, rowMajor, type View } from "../views.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import type { StepOf } from "../../../plan/plan.ts";

/** (O, C / groups, ...kernel) as the library wants it, with an axis of groups where there are. */
export function grouped(dims: Shape, groups: number): Shape {
  return groups === 1 ? dims : [groups, dims[0] / groups, ...dims.slice(1)];
}

/** Convolution; few channels are folded along W. */
export const conv: Lower<"conv"> = (step, lowering) => {
  const { attributes, inputs: [x, weight] } = step;
  const { tensors } = lowering;
  const dims = tensors.shape(weight); // (O, C / groups, ...kernel)
  const fold = foldFactor(tensors.shape(x), tensors.shape(step.output), attributes);
  if (fold > 1) {
    const shape = [dims[0] * fold, dims[1] * fold, ...foldWindow(attributes, fold).kernel];
    emit(
      step,
      lowering,
      fold,
      foldWindow(attributes, fold),
      rowMajor("f32", shape),
      () => foldWeights(tensors.parameter(weight), dims, attributes, fold),
    );
  } else {
    const shape = grouped(dims, attributes.groups);
    emit(step, lowering, 1, attributes, rowMajor("f32", shape), () => tensors.parameter(weight));
  }
};

/** A dense layer: a convolution of one voxel by one tap. */
export const linear: Lower<"linear"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, weight] = step.inputs;
  const ones = tensors.shape(x).slice(2); // all 1
  const zeros = ones.map(() => 0);
  const window = { kernel: ones, stride: ones, padBefore: zeros, padAfter: zeros };
  const layout = rowMajor("f32", [...tensors.shape(weight), ...ones]);
  emit(step, lowering, 1, window, layout, () => tensors.parameter(weight));
};

function emit<K extends "conv" | "linear">(
  step: StepOf<K>,
  lowering: Lowering,
  fold: number,
  window: WindowAttributes,
  layout: Layout,
  weights: () => Float32Array<ArrayBuffer>,
): void {
  const { session, tensors } = lowering;
  const [x, , bias] = step.inputs;
  const source = folded(tensors.activation(x), fold);
  const destination = folded(tensors.activation(step.output), fold);
  const shift = bias === undefined ? undefined : biasOf(tensors.vector(bias, 2, fold));
  using stack = new DisposableStack();
  const sourceMd = stack.use(session.descriptor(source));
  const weightsMd = stack.use(session.anyLayout(tensors.type, layout.dims));
  const biasMd = shift && stack.use(session.descriptor(shift));
  const destinationMd = stack.use(session.descriptor(destination));
  lowering.emitStep(
    step,
    {
      context: step.name,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_convolution_forward_primitive_desc_create(
          out,
          session.engine,
          FORWARD_INFERENCE,
          ALGORITHM.convolution_direct,
          sourceMd.id,
          weightsMd.id,
          biasMd?.id ?? 0n,
          destinationMd.id,
          dimensions(window.stride),
          dimensions([]),
          dimensions(window.padBefore),
          dimensions(window.padAfter),
          attributes,
        ),
      bind: (descriptor): Argument[] => [
        [ARGUMENT.source, lowering.memory(source)],
        [ARGUMENT.weights, tensors.pack(weights, layout, descriptor.weights)],
        ...(shift ? [[ARGUMENT.bias, lowering.memory(shift)] as const] : []),
        [ARGUMENT.destination, lowering.memory(destination)],
      ],
    },
    "any",
    fold,
  );
}

/** A bias as the library wants it: one axis. */
export function biasOf(vector: View): View {
  return { ...vector, dims: [vector.dims[1]], strides: [1] };
}
