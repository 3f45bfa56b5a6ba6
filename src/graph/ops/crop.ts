/**
 * Removal of the outermost voxels.
 *
 * @module
 */

import { type Op, shapeError, spatial } from "../op.ts";

/** Attributes of a cropping, one entry a spatial axis. */
export interface CropAttributes {
  /** Elements dropped at the start. */
  readonly before: readonly number[];
  /** Elements dropped at the end. */
  readonly after: readonly number[];
}

/** y = x without its outermost voxels. */
export const crop: Op<CropAttributes> = {
  name: "crop",
  arity: { min: 1, max: 1 },
  infer(inputs, { before, after }) {
    const [x] = inputs;
    if (spatial(x).length !== before.length || before.length !== after.length) {
      throw shapeError("crop", `x must have ${before.length} spatial axes`, inputs);
    }
    const sizes = spatial(x).map((size, axis) => size - before[axis] - after[axis]);
    if ([...before, ...after].some((size) => size < 0) || sizes.some((size) => size < 1)) {
      throw shapeError("crop", "the cropping must leave a voxel and not add any", inputs);
    }
    return [x[0], x[1], ...sizes];
  },
  flops: () => 0,
};
