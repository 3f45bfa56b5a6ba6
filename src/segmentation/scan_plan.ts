/**
 * A scan in numbers, for backends that take it whole to their device.
 *
 * @module
 */

import type { ScanPlan } from "../backends/scan.ts";
import { elements } from "../base/shapes.ts";
import {
  type Field,
  imageTaps,
  probabilityTaps,
  sliceShares,
  stackWeights,
  type StackWindow,
  type Volume,
  windowedCodes,
  type WindowPlan,
} from "../imaging/mod.ts";
import { foregroundOf, type NetworkShape } from "./network_shape.ts";
import type { SegmentOptions } from "./segment_options.ts";

/**
 * What a device is to do with a scan; null where the window is no one table, as with voxels of more
 * than 16 bits, and where a stack is filled with slices repeated.
 *
 * @param field what the network sees of the slices; null: all
 * @param groups the slices of each execution
 */
export function scanPlan(
  volume: Pick<Volume, "voxels" | "shape" | "rescale">,
  network: NetworkShape,
  options: Pick<SegmentOptions, "threshold" | "onProbabilities"> & { readonly window: WindowPlan },
  field: Field | null,
  groups: readonly StackWindow[],
): ScanPlan | null {
  if (groups.some(({ repeated }) => repeated !== undefined)) return null;
  const windowed = windowedCodes(volume, options.window);
  if (windowed === null) return null;
  const { model, plane, grouping } = network;
  const [, height, width] = volume.shape;
  const shares = sliceShares(groups, stackWeights(grouping.size, grouping.weighting));
  return {
    ...windowed,
    slice: [height, width],
    plane,
    shrink: imageTaps([height, width], plane, field ?? undefined),
    stretch: probabilityTaps(plane, [height, width], field ?? undefined),
    size: grouping.size,
    groups: groups.map(({ start, stop }, index) => ({ start, stop, shares: shares[index] })),
    channels: model.inputShape[1],
    foreground: foregroundOf(network),
    threshold: options.threshold,
    mask: new Uint8Array(elements(volume.shape)),
    probabilities: options.onProbabilities !== undefined,
  };
}
