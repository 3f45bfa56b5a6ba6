/**
 * Statistics of a batch or of each sample, and normalisation by them.
 *
 * The library adds up in single precision, voxel after voxel: over half a million of them a variance
 * is off by 3e-5. So it is given short columns, and what it makes of them is joined in double
 * precision.
 *
 * @module
 */

import { ARGUMENT, FORWARD_TRAINING } from "../constants.ts";
import type { Lower } from "../lowering.ts";
import { repeatChannels, shortColumns } from "../rows.ts";
import { groupingOf, passOver, rowsOf } from "./groups.ts";

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
