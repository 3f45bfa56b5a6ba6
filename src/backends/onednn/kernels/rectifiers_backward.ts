/**
 * The gradients of rectified linear units.
 *
 * @module
 */

import { ALGORITHM, ARGUMENT, FORWARD_TRAINING } from "../constants.ts";
import type { Handle } from "../handles.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { elements } from "../../../base/shapes.ts";
import type { PostOp } from "../session.ts";
import { bindOperands } from "../epilogue.ts";
import { asRows, longRows, shortColumns, sumChannels } from "../rows.ts";
import { channelFold, folded, type Layout, sample, type View } from "../views.ts";
import { elementSlopes } from "./prelu.ts";

/**
 * dx = dy * (y > 0 ? 1 : slope), as a comparison with what follows it: the library's own gradient of
 * this function is several times slower.
 */
export const leaky_relu_backward: Lower<"leaky_relu_backward"> = (step, lowering) => {
  const { name, attributes: { slope }, inputs: [y, dy], output } = step;
  const { session, tensors } = lowering;
  tensors.single(y);
  const all = elements(tensors.shape(y));
  const fold = longRows(all, 1);
  const [data, gradient, result] = [y, dy, output].map((id) =>
    asRows(tensors.activation(id).address, all / fold, fold)
  );
  const zero = lowering.once("zero", () => lowering.numbers([1, 1, 1, 1])).view;
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
  tensors.single(x);
  const views = [x, dy, output].map((id) => tensors.activation(id));
  const memories = (some: readonly View[], slopes: View, of: Handle): Prelu => {
    const [data, gradient, result] = some.map((view) => lowering.memory(view));
    // the library makes the gradient of the slopes as well, in single precision
    return { data, gradient, result, slopes: of, sums: lowering.temporary(slopes).memory };
  };
  if (tensors.shape(slope).length === 1) {
    const fold = channelFold(views[0]);
    const slopes = tensors.vector(slope, views[0].dims.length, fold);
    const some = views.map((view) => folded(view, fold));
    return emit(name, lowering, some[0], slopes, memories(some, slopes, lowering.memory(slopes)));
  }
  // slopes are shared over the batch, and only a batch of one has a fast implementation
  const { slopes, memory } = elementSlopes(slope, lowering);
  for (let n = 0; n < views[0].dims[0]; n++) {
    const some = views.map((view) => sample(view, n));
    emit(name, lowering, some[0], slopes, memories(some, slopes, memory));
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
  const rows = elements(tensors.shape(x)) / y.length;
  const fold = shortColumns(rows, y.length);
  const [data, gradient] = [x, dy].map((id) =>
    asRows(tensors.activation(id).address, rows / fold, fold * y.length)
  );
  // the gradient of x is not used, so that any numbers do for slopes
  const slopes = asRows(tensors.activation(x).address, 1, fold * y.length);
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
  /** The slopes. */
  readonly slopes: Handle;
  /** dx. */
  readonly result: Handle;
  /** The gradient of the slopes. */
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
