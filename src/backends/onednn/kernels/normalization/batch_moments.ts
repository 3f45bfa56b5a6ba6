/**
 * Means and variances of a batch or of each sample.
 *
 * The library adds up in single precision, voxel after voxel: over half a million of them a variance
 * is off by 3e-5. So it is given short columns, and what it makes of them is joined in double
 * precision.
 *
 * @module
 */

import { sameShape } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import { ARGUMENT, FORWARD_TRAINING } from "../../library/constants.ts";
import { joinMoments } from "../../loops/channels.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Moments } from "../../lowering/statistics_cache.ts";
import { shortColumns } from "../../memory/rows.ts";
import type { Tensors } from "../../memory/tensors.ts";
import { groupingOf, rowsOf } from "./statistic_groups.ts";

/** Whether a value has the shape of statistics of another that a variance is taken of as well. */
export function sharesMoments(tensors: Tensors, x: ValueId, statistic: ValueId): boolean {
  const shape = tensors.shape(statistic);
  return tensors.readers(x).some(({ op, inputs: [from, mean] }) =>
    op === "variance" && from === x && sameShape(tensors.shape(mean), shape)
  );
}

/**
 * The moments of a tensor; the first step to need them makes them.
 *
 * @param like a value of the shape of the statistics
 */
export function momentsOf(
  context: string,
  lowering: Lowering,
  x: ValueId,
  like: ValueId,
): Moments {
  const { tensors, session } = lowering;
  const grouping = groupingOf(tensors, x, like);
  const { groups, voxels, channels } = grouping;
  return lowering.statistics.moments(x, groups, () => {
    tensors.requireF32();
    const fold = shortColumns(voxels, channels);
    const [ofMean, ofVariance] = [0, 1].map(() => lowering.numbers([fold * channels]));
    const [means, variances] = [0, 1].map(() => new Float64Array(groups * channels));
    for (let g = 0; g < groups; g++) {
      const rows = rowsOf(tensors, x, grouping, g, fold);
      using layout = session.descriptor(rows);
      lowering.emit({
        context,
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
          [ARGUMENT.mean, lowering.memory(ofMean.view)],
          [ARGUMENT.variance, lowering.memory(ofVariance.view)],
          // what it normalises is not used
          [ARGUMENT.destination, lowering.temporary(rows).memory],
        ],
      });
      const [first, end] = [g * channels, (g + 1) * channels];
      const [centre, spread] = [means.subarray(first, end), variances.subarray(first, end)];
      lowering.loop(() => joinMoments(ofMean.data, ofVariance.data, centre, spread));
    }
    return { means, variances };
  });
}
