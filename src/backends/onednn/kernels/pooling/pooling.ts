/**
 * Maxima and means over windows and over all voxels.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import { channelsLast } from "../../library/layout.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { WORTH_A_PIECE } from "../../lowering/pieces.ts";
import { stripInput } from "../../lowering/strips.ts";
import { squareRows } from "../../memory/rows.ts";
import { asRows, lines, sample } from "../../memory/views.ts";
import { emitPooling, type PoolingAlgorithm, wholeWindow } from "./pooling_primitive.ts";

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
export const global_max_pool: Lower<"global_max_pool"> = (
  { name, inputs: [x], output },
  lowering,
) => poolWhole(name, lowering, "pooling_max", x, output);

/** Mean over all voxels. */
export const global_avg_pool: Lower<"global_avg_pool"> = (
  { name, inputs: [x], output },
  lowering,
) => poolWhole(name, lowering, "pooling_avg_exclude_padding", x, output);

/**
 * Pools the columns of all voxels first, then what came of them. In one go the library adds up voxel
 * after voxel in single precision, which is off by 1e-5 over 512x512, and one thread does it all.
 */
function poolWhole(
  context: string,
  lowering: Lowering,
  algorithm: PoolingAlgorithm,
  x: ValueId,
  output: ValueId,
): void {
  const { tensors } = lowering;
  const source = tensors.activation(x);
  const { type, dims: [samples, channels, ...voxels] } = source;
  const fold = squareRows(elements(voxels), channels);
  const rows = lowering.place(asRows(source, fold));
  const columns = lowering.temporary(channelsLast(type, [samples, channels * fold, 1, 1]));
  const image = lowering.temporary(channelsLast(type, [samples, channels, fold, 1]));
  const pooled = {
    ...tensors.activation(output),
    ...channelsLast(type, [samples, channels, 1, 1]),
  };
  const window = wholeWindow(rows.layout.dims.slice(2));
  emitPooling(context, lowering, algorithm, window, rows, columns);
  emitPooling(context, lowering, algorithm, wholeWindow([fold, 1]), image, lowering.place(pooled));
}
