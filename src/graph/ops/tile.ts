/**
 * Repetition of the channels.
 *
 * @module
 */

import { type Op, shapeError } from "../op.ts";

/** Attributes of a repetition. */
export interface TileAttributes {
  /** Channels of the output, a multiple of those of the input. */
  readonly channels: number;
}

/** y[c] = x[c mod C]. */
export const tile: Op<TileAttributes> = {
  name: "tile",
  arity: { min: 1, max: 1 },
  infer(inputs, { channels }) {
    const [x] = inputs;
    if (channels < 1 || channels % x[1] !== 0) {
      throw shapeError("tile", `${channels} channels must be a multiple of the input's`, inputs);
    }
    return x.map((size, axis) => (axis === 1 ? channels : size));
  },
  flops: () => 0,
};
