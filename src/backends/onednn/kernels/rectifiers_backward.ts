/**
 * The gradients of rectified linear units.
 *
 * @module
 */

import { ALGORITHM, ARGUMENT, FORWARD_TRAINING } from "../constants.ts";
import type { Handle } from "../handles.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { slopeGradient } from "../reductions.ts";
import { channelFold, folded, sample, type View } from "../views.ts";
import { elementSlopes } from "./prelu.ts";

/** dx = y > 0 ? dy : slope * dy. */
export const leaky_relu_backward: Lower<"leaky_relu_backward"> = (step, lowering) => {
  const { name, attributes: { slope }, inputs: [y, dy], output } = step;
  const { session, tensors } = lowering;
  const { symbols } = session.library;
  tensors.single(y);
  const [data, gradient, result] = [y, dy, output].map((id) => tensors.activation(id));
  using layout = session.descriptor(data);
  using hint = session.demand(
    name,
    (out, attributes) =>
      symbols.dnnl_eltwise_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_TRAINING,
        ALGORITHM.eltwise_relu,
        layout.id,
        layout.id,
        slope,
        0,
        attributes,
      ),
    [],
  );
  lowering.emit({
    context: name,
    describe: (out, attributes) =>
      symbols.dnnl_eltwise_backward_primitive_desc_create(
        out,
        session.engine,
        ALGORITHM.eltwise_relu,
        layout.id,
        layout.id,
        layout.id,
        slope,
        0,
        hint.id,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, lowering.memory(data)],
      [ARGUMENT.diffDestination, lowering.memory(gradient)],
      [ARGUMENT.diffSource, lowering.memory(result)],
    ],
  });
};

/** dx = x > 0 ? dy : slope * dy. */
export const prelu_backward_data: Lower<"prelu_backward_data"> = (step, lowering) => {
  const { name, inputs: [x, slope, dy], output } = step;
  const { tensors } = lowering;
  tensors.single(x);
  const views = [x, dy, output].map((id) => tensors.activation(id));
  if (tensors.shape(slope).length === 1) {
    const fold = channelFold(views[0]);
    const slopes = tensors.vector(slope, views[0].dims.length, fold);
    const memory = lowering.memory(slopes);
    emit(name, lowering, views.map((view) => folded(view, fold)), slopes, memory);
    return;
  }
  // slopes are shared over the batch, and only a batch of one has a fast implementation
  const { slopes, memory } = elementSlopes(slope, lowering);
  for (let n = 0; n < views[0].dims[0]; n++) {
    emit(name, lowering, views.map((view) => sample(view, n)), slopes, memory);
  }
};

/** The sum of dy * min(x, 0) over what shares a slope. */
export const prelu_backward_slope: Lower<"prelu_backward_slope"> = (step, lowering) => {
  const { inputs: [x, dy], output } = step;
  const [data, gradient, result] = [x, dy, output].map((id) => lowering.tensors.single(id));
  lowering.loop(slopeGradient(data, gradient, result));
};

function emit(
  context: string,
  lowering: Lowering,
  [x, dy, dx]: readonly View[],
  slopes: View,
  memory: Handle,
): void {
  const { session } = lowering;
  const { symbols } = session.library;
  using layout = session.descriptor(x);
  using slopesMd = session.descriptor(slopes);
  using hint = session.demand(
    context,
    (out, attributes) =>
      symbols.dnnl_prelu_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_TRAINING,
        layout.id,
        slopesMd.id,
        layout.id,
        attributes,
      ),
    [],
  );
  lowering.emit({
    context,
    describe: (out, attributes) =>
      symbols.dnnl_prelu_backward_primitive_desc_create(
        out,
        session.engine,
        layout.id,
        slopesMd.id,
        layout.id,
        slopesMd.id,
        layout.id,
        hint.id,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, lowering.memory(x)],
      [ARGUMENT.weights, memory],
      [ARGUMENT.diffDestination, lowering.memory(dy)],
      [ARGUMENT.diffSource, lowering.memory(dx)],
      // the library makes the gradient of the slopes as well, in single precision
      [ARGUMENT.diffWeights, lowering.temporary(slopes).memory],
    ],
  });
}
