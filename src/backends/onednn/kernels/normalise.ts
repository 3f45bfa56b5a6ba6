/**
 * Statistics of a batch or of each sample, normalisation by them, and its gradients.
 *
 * The library adds up in single precision, voxel after voxel: over half a million of them a result
 * is off by 2e-5. So it is given short columns, and what it makes of them is joined in double
 * precision.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { BACKWARD, FORWARD_TRAINING, NORMALIZATION } from "../constants.ts";
import { ALGORITHM, ARGUMENT } from "../constants.ts";
import { bindOperands } from "../epilogue.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { asRows, longRows, type Numbers, repeatChannels } from "../rows.ts";
import { shortColumns, sumChannels, sumOfGroups } from "../rows.ts";
import type { PostOp } from "../session.ts";
import type { Tensors } from "../tensors.ts";
import type { View } from "../views.ts";

const GIVEN = NORMALIZATION.useScale | NORMALIZATION.useShift | NORMALIZATION.useGlobalStatistics;

/** Rows of voxels by channels, in groups that share statistics. */
interface Grouping {
  /** How many groups: samples, or one. */
  readonly groups: number;
  /** Voxels of a group. */
  readonly voxels: number;
  /** Channels. */
  readonly channels: number;
}

/** Variance about a given mean. */
export const variance: Lower<"variance"> = ({ name, inputs: [x, mean], output }, lowering) => {
  const { tensors, session } = lowering;
  const [centre, y] = [mean, output].map((id) => tensors.single(id));
  const grouping = groupingOf(tensors, x, mean);
  const { groups, voxels, channels } = grouping;
  const fold = shortColumns(voxels, channels);
  const [means, variances] = [0, 1].map(() => lowering.numbers([fold * channels]));
  const sums = new Float64Array(channels);
  for (let g = 0; g < groups; g++) {
    const rows = rowsOf(tensors, x, grouping, g, fold);
    using layout = session.descriptor(rows);
    lowering.emit({
      context: name,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_batch_normalization_forward_primitive_desc_create(
          out,
          session.engine,
          FORWARD_TRAINING,
          layout.id,
          layout.id,
          0,
          0,
          attributes,
        ),
      bind: () => [
        [ARGUMENT.source, lowering.memory(rows)],
        [ARGUMENT.mean, lowering.memory(means.view)],
        [ARGUMENT.variance, lowering.memory(variances.view)],
        [ARGUMENT.destination, lowering.temporary(rows).memory],
      ],
    });
    const first = g * channels;
    lowering.loop(() => {
      sums.fill(0);
      for (let start = 0; start < means.data.length; start += channels) {
        for (let c = 0; c < channels; c++) {
          const off = means.data[start + c] - centre[first + c];
          sums[c] += variances.data[start + c] + off * off;
        }
      }
      for (let c = 0; c < channels; c++) y[first + c] = sums[c] / fold;
    });
  }
};

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
export const normalise: Lower<"normalise"> = (step, lowering) => {
  const { name, attributes: { epsilon }, inputs: [x, mean, variance, gamma, beta], output } = step;
  const { tensors } = lowering;
  const [centre, spread] = [mean, variance].map((id) => tensors.single(id));
  const [scales, shifts] = [gamma, beta].map((id) => tensors.numbers(id));
  const grouping = groupingOf(tensors, x, mean);
  const { groups, channels } = grouping;
  for (let g = 0; g < groups; g++) {
    const first = g * channels;
    const pass = passOver(lowering, grouping, 3);
    const [minus, scale, shift] = pass.operands;
    lowering.loop(() => {
      repeatChannels(minus.data, channels, (c) => -centre[first + c]);
      repeatChannels(
        scale.data,
        channels,
        (c) => scales[c] / Math.sqrt(spread[first + c] + epsilon),
      );
      repeatChannels(shift.data, channels, (c) => shifts[c]);
    });
    pass.emit(name, x, output, g, [["binary_add", minus], ["binary_mul", scale], [
      "binary_add",
      shift,
    ]]);
  }
};

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

/** The gradient for the scale. */
export const normalise_backward_scale: Lower<"normalise_backward_scale"> = (step, lowering) => {
  const { name, attributes: { epsilon }, inputs: [x, mean, variance, dy], output } = step;
  const y = lowering.tensors.single(output);
  const { weighted } = gradientSums(name, lowering, [x, mean, variance, dy], epsilon);
  lowering.loop(sumOfGroups(weighted, y));
};

/** Sums over the voxels of each group and channel. */
interface GradientSums {
  /** Of dy. */
  readonly plain: Float64Array;
  /** Of dy * (x - mean) / sqrt(variance + epsilon). */
  readonly weighted: Float64Array;
}

/** The sums that the gradients of one normalisation share; the first to need them makes them. */
function gradientSums(
  context: string,
  lowering: Lowering,
  ids: readonly [x: ValueId, mean: ValueId, variance: ValueId, dy: ValueId],
  epsilon: number,
): GradientSums {
  return lowering.once(`gradient sums of ${ids} ${epsilon}`, () => {
    const { tensors } = lowering;
    const [x, mean, variance, dy] = ids;
    const [centre, spread] = [mean, variance].map((id) => tensors.single(id));
    const grouping = groupingOf(tensors, x, mean);
    const { groups, voxels, channels } = grouping;
    const fold = shortColumns(voxels, channels);
    const columns = Array.from({ length: 5 }, () => lowering.numbers([fold * channels]));
    const [means, variances, ones, ofScale, ofShift] = columns;
    ones.data.fill(1);
    const plain = lowering.once(sumsKey(dy), () => new Float64Array(groups * channels));
    const weighted = new Float64Array(groups * channels);
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

/** What the sums of a tensor over its voxels, a group and channel each, are known by. */
export function sumsKey(id: ValueId): string {
  return `sums of ${id}`;
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

/** What a pass does to an element in turn: with numbers a channel, or another tensor. */
type Operation = readonly [algorithm: "binary_add" | "binary_mul", operand: Numbers | ValueId];

/** A pass over the voxels of a group, with room for numbers a channel. */
function passOver(lowering: Lowering, grouping: Grouping, count: number) {
  const { session, tensors } = lowering;
  const { voxels, channels } = grouping;
  const fold = longRows(voxels, channels);
  const width = fold * channels;
  const operands = Array.from({ length: count }, () => lowering.numbers([1, width, 1, 1]));
  const emit = (
    context: string,
    x: ValueId,
    y: ValueId,
    group: number,
    operations: readonly Operation[],
  ): void => {
    const view = (of: Numbers | ValueId) =>
      typeof of === "number" ? rowsOf(tensors, of, grouping, group, fold) : of.view;
    const [source, destination] = [x, y].map(view);
    const [first, ...rest] = operations.map(([algorithm, of]) => ({
      kind: "binary",
      algorithm,
      operand: view(of),
    } as const satisfies PostOp));
    using layout = session.descriptor(source);
    using other = session.descriptor(first.operand);
    lowering.emit({
      context,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_binary_primitive_desc_create(
          out,
          session.engine,
          ALGORITHM[first.algorithm],
          layout.id,
          other.id,
          layout.id,
          attributes,
        ),
      epilogue: bindOperands(rest),
      bind: () => [
        [ARGUMENT.source, lowering.memory(source)],
        [ARGUMENT.source1, lowering.memory(first.operand)],
        [ARGUMENT.destination, lowering.memory(destination)],
      ],
    });
  };
  return { operands, emit };
}

/** A group of a tensor as rows of `fold` voxels. */
function rowsOf(
  tensors: Tensors,
  id: ValueId,
  { voxels, channels }: Grouping,
  group: number,
  fold: number,
): View {
  tensors.single(id);
  const { address } = tensors.activation(id);
  const start = BigInt(group * voxels * channels * Float32Array.BYTES_PER_ELEMENT);
  return asRows(address + start, voxels / fold, fold * channels);
}

function groupingOf(tensors: Tensors, x: ValueId, mean: ValueId): Grouping {
  const [groups, channels] = tensors.shape(mean);
  return { groups, channels, voxels: elements(tensors.shape(x)) / groups / channels };
}
