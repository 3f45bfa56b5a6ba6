/**
 * The gradients of maxima.
 *
 * @module
 */

import { ALGORITHM, ARGUMENT, FORWARD_TRAINING } from "../constants.ts";
import type { Lower } from "../lowering.ts";
import type { PrimitiveDescriptor } from "../primitive_descriptor.ts";
import { firstMaximum } from "../reductions.ts";
import { dimensions } from "../session.ts";

/** To the first channel that has the maximum. */
export const channel_max_backward: Lower<"channel_max_backward"> = (step, lowering) => {
  const { inputs: [x, dy], output } = step;
  const [data, gradient, result] = [x, dy, output].map((id) => lowering.tensors.single(id));
  lowering.loop(firstMaximum(data, gradient, result));
};

/** Pools once more, for where the maxima are, and spreads the gradient there. */
export const max_pool_backward: Lower<"max_pool_backward"> = (step, lowering) => {
  const { name, inputs: [x, dy], output } = step;
  const { kernel, stride, padBefore, padAfter } = step.attributes;
  const { session, tensors } = lowering;
  const { symbols } = session.library;
  tensors.single(x);
  const [source, gradient, result] = [x, dy, output].map((id) => tensors.activation(id));
  const window = [stride, kernel, [], padBefore, padAfter].map(dimensions);
  using sourceMd = session.descriptor(source);
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
        [ARGUMENT.diffSource, lowering.memory(result)],
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
      [ARGUMENT.source, lowering.memory(source)],
      [ARGUMENT.destination, lowering.temporary(gradient).memory],
      [ARGUMENT.workspace, lowering.opaque(descriptor.workspace, 1)],
    ],
    follow: spread,
  });
};
