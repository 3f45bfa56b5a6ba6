/**
 * How a model takes slices and gives probabilities back.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import {
  endsInZeros,
  type FieldChoice,
  type Filling,
  overlapOf,
  type PlaneSize,
  type Weighting,
} from "../imaging/mod.ts";
import type { BuiltModel } from "../models/mod.ts";

/** How a model takes slices: in stacks or in batches. */
export interface Grouping {
  /** Slices that one execution takes. */
  readonly size: number;
  /** Slices that two executions share. */
  readonly overlap: number;
  /** How shared slices are averaged. */
  readonly weighting: Weighting;
  /** What fills stacks that reach past the end of a scan, where that is not zeros. */
  readonly filling?: Filling;
}

/** A model as slices pass through it. */
export interface NetworkShape {
  /** The model. */
  readonly model: Pick<BuiltModel, "dimensions" | "inputShape" | "outputShape" | "foreground">;
  /** How it takes slices. */
  readonly grouping: Grouping;
  /** What it sees of each slice (default: all of it). */
  readonly field?: FieldChoice;
  /** Rows and columns that it makes of that. */
  readonly plane: PlaneSize;
}

/**
 * How slices pass through a model.
 *
 * @param overlap share of each stack that overlaps the next, for 3-D models (default: 0)
 * @param stitching how overlapping stacks are averaged (default: `mean`)
 * @param filling what fills stacks that reach past the end of a scan (default: zeros)
 */
export function networkShape<M extends NetworkShape["model"]>(
  model: M,
  overlap = 0,
  stitching: Weighting = "mean",
  filling?: Filling,
): NetworkShape & { readonly model: M } {
  const { inputShape, dimensions } = model;
  const [height, width] = inputShape.slice(-2);
  const stack = dimensions === 3;
  const size = stack ? inputShape[2] : inputShape[0];
  return {
    model,
    plane: [height, width],
    grouping: {
      size,
      overlap: stack ? overlapOf(overlap, size) : 0,
      weighting: stack ? stitching : "mean",
      ...(stack && !endsInZeros(filling) ? { filling } : {}),
    },
  };
}

/** Where the foreground of the first slice begins in an output, and how far it is to the next. */
export interface ForegroundPlace {
  /** Index of its first element. */
  readonly from: number;
  /** Elements from slice to slice. */
  readonly stride: number;
}

/** Where a model's output has the foreground. */
export function foregroundOf({ model, plane, grouping }: NetworkShape): ForegroundPlace {
  const size = elements(plane);
  const channels = model.outputShape[1];
  return model.dimensions === 2
    // (slices, channels, plane)
    ? { from: model.foreground * size, stride: channels * size }
    // (1, channels, slices, plane)
    : { from: model.foreground * grouping.size * size, stride: size };
}
