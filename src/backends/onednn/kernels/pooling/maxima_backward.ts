/**
 * The gradients of maxima.
 *
 * @module
 */

import { uniformWindow, type WindowAttributes } from "../../../../graph/windowed.ts";
import { ALGORITHM, ARGUMENT, FORWARD_TRAINING } from "../../library/constants.ts";
import { channelsLast, type Layout, type View } from "../../library/layout.ts";
import { dimensions } from "../../library/memory_descriptor.ts";
import type { PrimitiveDescriptor } from "../../library/primitive_descriptor.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";
import { asMatrix } from "../../memory/views.ts";
import { emitCopy, emitMove } from "../copies/layout_copy.ts";

/**
 * To the first channel that has the maximum. Transposed, the voxels are the channels of an image of
 * C x 1 voxels, which is pooled whole, as in the maximum itself.
 */
export const channel_max_backward: Lower<"channel_max_backward"> = (step, lowering) => {
  const { name, inputs: [x, dy], output } = step;
  const { tensors } = lowering;
  tensors.requireF32();
  const [source, result] = [x, output].map((id) => asMatrix(tensors.activation(id)));
  const [voxels, channels] = source.dims;
  const transposed: Layout = { type: "f32", dims: source.dims, strides: [1, voxels] };
  emitCopy(name, lowering, source, lowering.temporary(transposed));
  const image = channelsLast("f32", [1, voxels, channels, 1]);
  const { address } = tensors.activation(dy);
  const window = { ...uniformWindow(2, 1), kernel: [channels, 1] };
  emitPooling(name, lowering, window, lowering.temporary(image), {
    ...channelsLast("f32", [1, voxels, 1, 1]),
    address,
  }, lowering.temporary(image));
  emitMove(name, lowering, lowering.temporary(transposed), {
    layout: result,
    memory: lowering.memory(result),
  });
};

/** To the first maximum of each window. */
export const max_pool_backward: Lower<"max_pool_backward"> = (step, lowering) => {
  const { name, inputs: [x, dy], output, attributes } = step;
  const { tensors } = lowering;
  tensors.requireF32();
  const [source, result] = [x, output].map((id) => lowering.place(tensors.activation(id)));
  emitPooling(name, lowering, attributes, source, tensors.activation(dy), result);
};

/** Pools once more, for where the maxima are, and spreads the gradient there. */
function emitPooling(
  name: string,
  lowering: Lowering,
  { kernel, stride, padBefore, padAfter }: WindowAttributes,
  source: Place,
  gradient: View,
  result: Place,
): void {
  const { session } = lowering;
  const { symbols } = session.library;
  const window = [stride, kernel, [], padBefore, padAfter].map(dimensions);
  using sourceMd = session.descriptor(source.layout);
  using gradientMd = session.descriptor(gradient);
  const spread = (forward: PrimitiveDescriptor) =>
    lowering.emit({
      context: name,
      describe: (out, attributes) =>
        symbols.dnnl_pooling_backward_primitive_desc_create(
          out,
          session.engine,
          ALGORITHM.pooling_max,
          sourceMd.id,
          gradientMd.id,
          window[0],
          window[1],
          window[2],
          window[3],
          window[4],
          forward.id,
          attributes,
        ),
      bind: () => [
        [ARGUMENT.diffDestination, lowering.memory(gradient)],
        [ARGUMENT.workspace, lowering.opaque(forward.workspace, 1)],
        [ARGUMENT.diffSource, result.memory],
      ],
    });
  lowering.emit({
    context: name,
    describe: (out, attributes) =>
      symbols.dnnl_pooling_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_TRAINING,
        ALGORITHM.pooling_max,
        sourceMd.id,
        gradientMd.id,
        window[0],
        window[1],
        window[2],
        window[3],
        window[4],
        attributes,
      ),
    bind: (descriptor) => [
      [ARGUMENT.source, source.memory],
      [ARGUMENT.destination, lowering.temporary(gradient, 2).memory],
      [ARGUMENT.workspace, lowering.opaque(descriptor.workspace, 1)],
    ],
    follow: spread,
  });
}
