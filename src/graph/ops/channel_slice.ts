/**
 * Some neighbouring channels.
 *
 * @module
 */

import { type Op, shapeError } from "../op.ts";

/** Attributes of a slice. */
export interface ChannelSliceAttributes {
  /** The first channel taken. */
  readonly first: number;
  /** How many are taken. */
  readonly channels: number;
}

/** y[c] = x[first + c]. */
export const channel_slice: Op<ChannelSliceAttributes> = {
  name: "channel_slice",
  arity: { min: 1, max: 1 },
  infer(inputs, { first, channels }) {
    const [x] = inputs;
    if (first < 0 || channels < 1 || first + channels > x[1]) {
      throw shapeError("channel_slice", `x must have channels ${first}+${channels}`, inputs);
    }
    return x.map((size, axis) => (axis === 1 ? channels : size));
  },
  flops: () => 0,
};
