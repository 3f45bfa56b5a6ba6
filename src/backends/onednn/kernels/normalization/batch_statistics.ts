/**
 * Variances of a batch or of each sample, and normalisation by statistics.
 *
 * @module
 */

import { repeatChannels } from "../../loops/channels.ts";
import type { Lower } from "../../lowering/lowering.ts";
import { momentsOf } from "./batch_moments.ts";
import { groupingOf, passOver } from "./statistic_groups.ts";

/** Variance about a given mean. */
export const variance: Lower<"variance"> = ({ name, inputs: [x, mean], output }, lowering) => {
  const { tensors } = lowering;
  const [centre, y] = [mean, output].map((id) => tensors.single(id));
  const { means, variances } = momentsOf(name, lowering, x, mean);
  lowering.loop(() => {
    for (let c = 0; c < y.length; c++) y[c] = variances[c] + (means[c] - centre[c]) ** 2;
  });
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
