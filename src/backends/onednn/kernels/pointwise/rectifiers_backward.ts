/**
 * The gradients of rectified linear units.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import { ALGORITHM, ARGUMENT, FORWARD_TRAINING } from "../../library/constants.ts";
import type { Handle } from "../../library/handles.ts";
import { channelsLast, type Layout, type View } from "../../library/layout.ts";
import type { PostOp } from "../../library/post_ops.ts";
import { sumChannels } from "../../loops/channels.ts";
import { bindOperands } from "../../lowering/epilogue.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { longRows, shortColumns } from "../../memory/rows.ts";
import type { Place } from "../../memory/tensors.ts";
import { asColumn, asRows, sample } from "../../memory/views.ts";

/**
 * dx = dy * (y > 0 ? 1 : slope), as a comparison with what follows it: the library's own gradient of
 * this function is several times slower.
 */
export const leaky_relu_backward: Lower<"leaky_relu_backward"> = (step, lowering) => {
  const { name, attributes: { slope }, inputs: [y, dy], output } = step;
  const { session, tensors } = lowering;
  tensors.requireF32();
  const fold = longRows(elements(tensors.shape(y)), 1);
  const [data, gradient, result] = [y, dy, output].map((id) =>
    asRows(asColumn(tensors.activation(id), 1), fold)
  );
  const zero = lowering.filled([1, 1, 1, 1], 0);
  const steps: PostOp = {
    kind: "eltwise",
    algorithm: "eltwise_linear",
    alpha: 1 - slope,
    beta: slope,
  };
  const times: PostOp = { kind: "binary", algorithm: "binary_mul", operand: gradient };
  using layout = session.descriptor(data);
  using zeroMd = session.descriptor(zero);
  lowering.emit({
    context: name,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_binary_primitive_desc_create(
        out,
        session.engine,
        ALGORITHM.binary_gt,
        layout.id,
        zeroMd.id,
        layout.id,
        attributes,
      ),
    epilogue: bindOperands(slope === 0 ? [times] : [steps, times]),
    bind: () => [
      [ARGUMENT.source, lowering.memory(data)],
      [ARGUMENT.source1, lowering.memory(zero)],
      [ARGUMENT.destination, lowering.memory(result)],
    ],
  });
};

/** dx = x > 0 ? dy : slope * dy. */
export const prelu_backward_data: Lower<"prelu_backward_data"> = (step, lowering) => {
  const { name, inputs: [x, slope, dy], output } = step;
  const { tensors } = lowering;
  tensors.requireF32();
  const views = [x, dy, output].map((id) => tensors.activation(id));
  const memories = (some: readonly View[], slopes: Place): Prelu => {
    const [data, gradient, result] = some.map((view) => lowering.memory(view));
    // the library makes the gradient of the slopes as well, in single precision
    const sums = lowering.temporary(slopes.layout).memory;
    return { data, gradient, result, slopes: slopes.memory, sums };
  };
  if (tensors.shape(slope).length === 1) {
    const columns = views.map((view) => asColumn(view));
    const [{ dims: [, channels, voxels] }] = columns;
    const fold = longRows(voxels, channels);
    const slopes = lowering.place(tensors.vector(slope, 4, fold));
    const some = columns.map((view) => asRows(view, fold));
    return emit(name, lowering, some[0], slopes.layout, memories(some, slopes));
  }
  // slopes are shared over the batch, and only a batch of one has a fast implementation
  const slopes = lowering.place(tensors.packed(slope));
  for (let n = 0; n < views[0].dims[0]; n++) {
    const some = views.map((view) => sample(view, n));
    emit(name, lowering, some[0], slopes.layout, memories(some, slopes));
  }
};

/**
 * The sum of dy * min(x, 0) over what shares a slope. The library adds up in single precision, so it
 * is given short columns, whose sums are joined in double precision.
 */
export const prelu_backward_slope: Lower<"prelu_backward_slope"> = (step, lowering) => {
  const { name, inputs: [x, dy], output } = step;
  const { tensors } = lowering;
  const y = tensors.single(output);
  const fold = shortColumns(elements(tensors.shape(x)) / y.length, y.length);
  const [data, gradient] = [x, dy].map((id) =>
    asRows(asColumn(tensors.activation(id), y.length), fold)
  );
  // the gradient of x is not used, so that any numbers do for slopes
  const slopes = { ...data, ...channelsLast("f32", data.dims.with(2, 1)) };
  const partial = fold > 1 ? lowering.numbers([fold * y.length]) : undefined;
  const { address } = partial?.view ?? tensors.activation(output);
  emit(name, lowering, data, slopes, {
    data: lowering.memory(data),
    gradient: lowering.memory(gradient),
    slopes: lowering.memory(slopes),
    result: lowering.temporary(data).memory,
    sums: lowering.memory({ ...slopes, address }),
  });
  if (!partial) return;
  const totals = new Float64Array(y.length);
  lowering.loop(() => {
    totals.fill(0);
    sumChannels(partial.data, totals, 0, y.length);
    y.set(totals);
  });
};

/** What the gradient of a rectifier reads and writes. */
interface Prelu {
  /** x. */
  readonly data: Handle;
  /** dy. */
  readonly gradient: Handle;
  readonly slopes: Handle;
  /** dx. */
  readonly result: Handle;
  /** Gradient of the slopes. */
  readonly sums: Handle;
}

function emit(
  context: string,
  lowering: Lowering,
  x: Layout,
  slopes: Layout,
  memories: Prelu,
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
      [ARGUMENT.source, memories.data],
      [ARGUMENT.weights, memories.slopes],
      [ARGUMENT.diffDestination, memories.gradient],
      [ARGUMENT.diffSource, memories.result],
      [ARGUMENT.diffWeights, memories.sums],
    ],
  });
}
