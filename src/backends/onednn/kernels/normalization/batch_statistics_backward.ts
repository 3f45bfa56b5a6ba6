/**
 * The gradients of normalisation. Their sums are made as the statistics are: in short columns by the
 * library, which are joined in double precision.
 *
 * @module
 */

import type { ValueId } from "../../../../graph/graph.ts";
import { ARGUMENT, BACKWARD, FORWARD_TRAINING, NORMALIZATION } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import { repeatChannels, sumChannels, sumOfGroups } from "../../loops/channels.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import type { GradientSums } from "../../lowering/statistics_cache.ts";
import type { Numbers } from "../../memory/numbers.ts";
import { shortColumns } from "../../memory/rows.ts";
import { groupingOf, passOver, rowsOf } from "./statistic_groups.ts";

const GIVEN = NORMALIZATION.useScale | NORMALIZATION.useShift | NORMALIZATION.useGlobalStatistics;

/**
 * dx = gamma * r * (dy - mean of dy - h * mean of dy * h), with r = 1 / sqrt(variance + epsilon) and
 * h = (x - mean) * r.
 */
export const normalise_backward: Lower<"normalise_backward"> = (step, lowering) => {
  const { name, attributes: { epsilon }, inputs: [x, mean, variance, gamma, dy], output } = step;
  const { tensors } = lowering;
  const sums = gradientSums(name, lowering, [x, mean, variance, dy], epsilon);
  const [centre, spread] = [mean, variance].map((id) => tensors.single(id));
  const scales = tensors.numbers(gamma);
  const grouping = groupingOf(tensors, x, mean);
  const { groups, voxels, channels } = grouping;
  for (let g = 0; g < groups; g++) {
    const first = g * channels;
    const pass = passOver(lowering, grouping, 4);
    const [minus, ofX, rest, scale] = pass.operands;
    lowering.loop(() => {
      const root = (c: number) => 1 / Math.sqrt(spread[first + c] + epsilon);
      repeatChannels(minus.data, channels, (c) => -centre[first + c]);
      repeatChannels(ofX.data, channels, (c) => -root(c) * sums.weighted[first + c] / voxels);
      repeatChannels(rest.data, channels, (c) => -sums.plain[first + c] / voxels);
      repeatChannels(scale.data, channels, (c) => scales[c] * root(c));
    });
    pass.emit(name, x, output, g, [
      ["binary_add", minus],
      ["binary_mul", ofX],
      ["binary_add", rest],
      ["binary_add", dy],
      ["binary_mul", scale],
    ]);
  }
};

/** Gradient of the scale: the sum of dy * (x - mean) / sqrt(variance + epsilon). */
export const normalise_backward_scale: Lower<"normalise_backward_scale"> = (step, lowering) => {
  const { name, attributes: { epsilon }, inputs: [x, mean, variance, dy], output } = step;
  const y = lowering.tensors.single(output);
  const { weighted } = gradientSums(name, lowering, [x, mean, variance, dy], epsilon);
  lowering.loop(sumOfGroups(weighted, y));
};

/** Sums that the gradients of one normalisation share; the first to need them makes them. */
function gradientSums(
  context: string,
  lowering: Lowering,
  ids: readonly [x: ValueId, mean: ValueId, variance: ValueId, dy: ValueId],
  epsilon: number,
): GradientSums {
  return lowering.statistics.gradientSums([...ids, epsilon], () => {
    const { tensors } = lowering;
    const [x, mean, variance, dy] = ids;
    const [centre, spread] = [mean, variance].map((id) => tensors.single(id));
    const grouping = groupingOf(tensors, x, mean);
    const { groups, voxels, channels } = grouping;
    const fold = shortColumns(voxels, channels);
    const columns = Array.from({ length: 5 }, () => lowering.numbers([fold * channels]));
    const [means, variances, ones, ofScale, ofShift] = columns;
    ones.data.fill(1);
    const [plain, weighted] = [0, 1].map(() => new Float64Array(groups * channels));
    for (let g = 0; g < groups; g++) {
      const first = g * channels;
      lowering.loop(() => {
        repeatChannels(means.data, channels, (c) => centre[first + c]);
        repeatChannels(variances.data, channels, (c) => spread[first + c]);
      });
      const [from, gradient] = [x, dy].map((id) => rowsOf(tensors, id, grouping, g, fold));
      emitBackward(context, lowering, from, gradient, epsilon, columns);
      lowering.loop(() => {
        plain.fill(0, first, first + channels);
        weighted.fill(0, first, first + channels);
        sumChannels(ofShift.data, plain, first, channels);
        sumChannels(ofScale.data, weighted, first, channels);
      });
    }
    return { plain, weighted };
  });
}

/** The gradient of a batch norm whose statistics are constants; that of its data is not used. */
function emitBackward(
  context: string,
  lowering: Lowering,
  x: View,
  dy: View,
  epsilon: number,
  [means, variances, ones, ofScale, ofShift]: readonly Numbers[],
): void {
  const { session } = lowering;
  const { symbols } = session.library;
  using layout = session.descriptor(x);
  using hint = session.demand(
    context,
    (out, attributes) =>
      symbols.dnnl_batch_normalization_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_TRAINING,
        layout.id,
        layout.id,
        epsilon,
        GIVEN,
        attributes,
      ),
    [],
  );
  lowering.emit({
    context,
    describe: (out, attributes) =>
      symbols.dnnl_batch_normalization_backward_primitive_desc_create(
        out,
        session.engine,
        BACKWARD,
        layout.id,
        layout.id,
        layout.id,
        epsilon,
        GIVEN,
        hint.id,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, lowering.memory(x)],
      [ARGUMENT.mean, lowering.memory(means.view)],
      [ARGUMENT.variance, lowering.memory(variances.view)],
      [ARGUMENT.scale, lowering.memory(ones.view)],
      [ARGUMENT.diffDestination, lowering.memory(dy)],
      [ARGUMENT.diffSource, lowering.temporary(x).memory],
      [ARGUMENT.diffScale, lowering.memory(ofScale.view)],
      [ARGUMENT.diffShift, lowering.memory(ofShift.view)],
    ],
  });
}
