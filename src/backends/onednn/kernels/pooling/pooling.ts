/**
 * Maxima and means over windows and over all voxels.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import { channelsLast } from "../../library/layout.ts";
import type { Lower } from "../../lowering/lowering.ts";
import { WORTH_A_PIECE } from "../../lowering/pieces.ts";
import { stripInput } from "../../lowering/strips.ts";
import { squareRows } from "../../memory/rows.ts";
import { asRows, lines, sample } from "../../memory/views.ts";
import { emitPooling, wholeWindow } from "./pooling_primitive.ts";

/** Maximum over a sliding window. */
export const max_pool: Lower<"max_pool"> = (step, lowering) => {
  const { name, inputs: [x], output, attributes } = step;
  const [source, destination] = [x, output].map((id) => lowering.tensors.activation(id));
  const [samples, , height] = destination.dims;
  const taps = elements(attributes.kernel);
  const work = elements(destination.dims) / samples * taps;
  const cut = lowering.cut(height, work, WORTH_A_PIECE);
  for (let n = 0; n < samples; n++) {
    lowering.emitPieces(name, cut, (strip) => {
      const needed = stripInput(attributes, source.dims[2], strip);
      const [from, to] = [
        lines(sample(source, n), needed.first, needed.count),
        lines(sample(destination, n), strip.first, strip.count),
      ].map((view) => lowering.place(view));
      const window = {
        ...attributes,
        padBefore: attributes.padBefore.with(0, needed.padBefore),
        padAfter: attributes.padAfter.with(0, needed.padAfter),
      };
      emitPooling(name, lowering, "pooling_max", window, from, to);
      return true;
    });
  }
};

/** Maximum over all voxels. */
export const global_max_pool: Lower<"global_max_pool"> = (step, lowering) => {
  const { name, inputs: [x], output } = step;
  const [from, to] = [x, output].map((id) => lowering.place(lowering.tensors.activation(id)));
  emitPooling(name, lowering, "pooling_max", wholeWindow(from.layout.dims.slice(2)), from, to);
};

/**
 * Mean over all voxels: of the columns first, then of their means. In one go the library adds up
 * voxel after voxel in single precision, which is off by 1e-5 over 512x512.
 */
export const global_avg_pool: Lower<"global_avg_pool"> = (step, lowering) => {
  const { name, inputs: [x], output } = step;
  const { tensors } = lowering;
  const source = tensors.activation(x);
  const { type, dims: [samples, channels, ...voxels] } = source;
  const fold = squareRows(elements(voxels), channels);
  const rows = lowering.place(asRows(source, fold));
  const means = lowering.temporary(channelsLast(type, [samples, channels * fold, 1, 1]));
  const image = lowering.temporary(channelsLast(type, [samples, channels, fold, 1]));
  const pooled = {
    ...tensors.activation(output),
    ...channelsLast(type, [samples, channels, 1, 1]),
  };
  const mean = "pooling_avg_exclude_padding";
  emitPooling(name, lowering, mean, wholeWindow(rows.layout.dims.slice(2)), rows, means);
  emitPooling(name, lowering, mean, wholeWindow([fold, 1]), image, lowering.place(pooled));
};
