/**
 * The gradients of convolutions. Few channels are folded along W, as in the convolution itself.
 *
 * @module
 */

import type { Shape } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import type { ConvAttributes } from "../../../../graph/ops/conv.ts";
import { ALGORITHM, ARGUMENT, FORWARD_TRAINING } from "../../library/constants.ts";
import { rowMajor, type View } from "../../library/layout.ts";
import { dimensions } from "../../library/memory_descriptor.ts";
import type { PrimitiveDescriptor } from "../../library/primitive_descriptor.ts";
import { describeReorder } from "../../library/reorder.ts";
import type { Session } from "../../library/session.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";
import { folded } from "../../memory/views.ts";
import { grouped } from "./convolution_primitive.ts";
import { foldFactor, foldWeights, foldWindow, unfoldGradient } from "./width_folding.ts";

/** A convolution as the library sees it. */
interface Problem {
  readonly context: string;
  readonly x: View;
  readonly y: View;
  /** Shape of the weights, with an axis of groups where there are any. */
  readonly weights: Shape;
  readonly fold: number;
  readonly window: ConvAttributes;
}

function problem(
  context: string,
  x: View,
  y: View,
  dims: Shape,
  attributes: ConvAttributes,
): Problem {
  const fold = foldFactor(x.dims, y.dims, attributes);
  if (fold === 1) {
    const weights = grouped(dims, attributes.groups);
    return { context, x, y, weights, fold, window: attributes };
  }
  const window = { ...attributes, ...foldWindow(attributes, fold) };
  const weights = [dims[0] * fold, dims[1] * fold, ...window.kernel];
  return { context, x: folded(x, fold), y: folded(y, fold), weights, fold, window };
}

/** dx: the transposed convolution of dy. */
export const conv_backward_data: Lower<"conv_backward_data"> = (step, lowering) => {
  const { name, attributes, inputs: [dy, weight], output } = step;
  const { session, tensors } = lowering;
  tensors.requireF32();
  const [x, y] = [output, dy].map((id) => tensors.activation(id));
  const [outputs, inputs] = tensors.shape(weight);
  const dims = [outputs, inputs, ...attributes.kernel];
  const { weights, fold, window, ...views } = problem(name, x, y, dims, attributes);
  using stack = new DisposableStack();
  const xMd = stack.use(session.descriptor(views.x));
  const yMd = stack.use(session.descriptor(views.y));
  const weightsMd = stack.use(session.anyLayout(tensors.type, weights));
  const hint = stack.use(forward(session, { weights, fold, window, ...views }));
  const given = () => {
    const plain = tensors.parameter(weight);
    return fold === 1 ? plain : foldWeights(plain, dims, attributes, fold);
  };
  lowering.emit({
    context: name,
    describe: (out, attrs) =>
      session.library.symbols.dnnl_convolution_backward_data_primitive_desc_create(
        out,
        session.engine,
        ALGORITHM.convolution_direct,
        xMd.id,
        weightsMd.id,
        yMd.id,
        dimensions(window.stride),
        dimensions([]),
        dimensions(window.padBefore),
        dimensions(window.padAfter),
        hint.id,
        attrs,
      ),
    bind: (descriptor) => [
      [ARGUMENT.diffSource, lowering.memory(views.x)],
      [ARGUMENT.weights, tensors.pack(given, rowMajor("f32", weights), descriptor.weights)],
      [ARGUMENT.diffDestination, lowering.memory(views.y)],
    ],
  });
};

/** dw: made in the layout that the library likes, then laid out as the caller or the arena has it. */
export const conv_backward_weights: Lower<"conv_backward_weights"> = (step, lowering) => {
  const { name, attributes, inputs: [source, dy], output } = step;
  const { session, tensors } = lowering;
  const result = tensors.single(output);
  const [x, y] = [source, dy].map((id) => tensors.activation(id));
  const dims = tensors.shape(output);
  const { weights, fold, window, ...views } = problem(name, x, y, dims, attributes);
  using stack = new DisposableStack();
  const xMd = stack.use(session.descriptor(views.x));
  const yMd = stack.use(session.descriptor(views.y));
  const weightsMd = stack.use(session.anyLayout(tensors.type, weights));
  const hint = stack.use(forward(session, { weights, fold, window, ...views }));
  lowering.emit({
    context: name,
    describe: (out, attrs) =>
      session.library.symbols.dnnl_convolution_backward_weights_primitive_desc_create(
        out,
        session.engine,
        ALGORITHM.convolution_direct,
        xMd.id,
        weightsMd.id,
        0n,
        yMd.id,
        dimensions(window.stride),
        dimensions([]),
        dimensions(window.padBefore),
        dimensions(window.padAfter),
        hint.id,
        attrs,
      ),
    bind: (descriptor) => [
      [ARGUMENT.source, lowering.memory(views.x)],
      [ARGUMENT.diffWeights, lowering.opaque(descriptor.diffWeights)],
      [ARGUMENT.diffDestination, lowering.memory(views.y)],
    ],
    follow: (descriptor) => {
      if (fold === 1) {
        const outside = lowering.writeToCaller(output, weights);
        const place = outside ?? placed(lowering, output, weights, attributes.groups);
        return copyOut(name, lowering, descriptor, place);
      }
      const wide = lowering.numbers(weights);
      copyOut(name, lowering, descriptor, lowering.place(wide.view));
      lowering.loop(() => unfoldGradient(wide.data, dims, attributes, fold, result));
    },
  });
};

/** The place of a gradient in the arena, with an axis of groups where there are any. */
function placed(lowering: Lowering, id: ValueId, dims: Shape, groups: number): Place {
  const { type, strides, address } = lowering.tensors.activation(id);
  const [own, ...inner] = strides;
  const split = groups === 1 ? [] : [own * dims[1]];
  const view = { type, dims, strides: [...split, own, ...inner], address };
  return lowering.place(view);
}

/** Copies the gradient that a primitive made to where it belongs. */
function copyOut(
  context: string,
  lowering: Lowering,
  descriptor: PrimitiveDescriptor,
  { layout, memory }: Place,
): void {
  const { session } = lowering;
  using target = session.descriptor(layout);
  lowering.emit({
    context,
    describe: describeReorder(session, descriptor.diffWeights, target.id),
    bind: () => [
      [ARGUMENT.source, lowering.opaque(descriptor.diffWeights)],
      [ARGUMENT.destination, memory],
    ],
  });
}

/** The convolution that the gradients belong to; the library asks for it as a hint. */
function forward(
  session: Session,
  { context, x, y, weights, window }: Problem,
): PrimitiveDescriptor {
  using stack = new DisposableStack();
  const xMd = stack.use(session.descriptor(x));
  const yMd = stack.use(session.descriptor(y));
  const weightsMd = stack.use(session.anyLayout(x.type, weights));
  return session.demand(
    context,
    (out, attributes) =>
      session.library.symbols.dnnl_convolution_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_TRAINING,
        ALGORITHM.convolution_direct,
        xMd.id,
        weightsMd.id,
        0n,
        yMd.id,
        dimensions(window.stride),
        dimensions([]),
        dimensions(window.padBefore),
        dimensions(window.padAfter),
        attributes,
      ),
    [],
  );
}
