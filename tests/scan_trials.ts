/**
 * Scans and small networks that are tried on a device and through the host.
 *
 * @module
 */

import fc from "fast-check";
import type { Backend } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import type { Grouping, Segmenter } from "../src/segmentation/mod.ts";
import { elements } from "../src/base/shapes.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { seededWeights } from "../src/graph/weights.ts";
import {
  affineOf,
  canonicalSource,
  endsInZeros,
  type FieldChoice,
  type Filling,
  FILLINGS,
  type Volume,
  type Weighting,
} from "../src/imaging/mod.ts";
import { buildModel } from "../src/models/mod.ts";
import { window } from "./case.ts";

/** What is tried: a scan, a network of one convolution, and how slices go through it. */
export interface Trial {
  readonly shape: readonly [slices: number, height: number, width: number];
  readonly wide: boolean;
  readonly plane: readonly [height: number, width: number];
  readonly dimensions: 2 | 3;
  readonly size: number;
  readonly share: number;
  readonly weighting: Weighting;
  readonly filling?: Filling;
  readonly field: FieldChoice;
  readonly seed: number;
}

/** A scan of grey values that repeat late. */
export function scan({ shape, wide, seed }: Trial): Volume {
  const grid = {
    shape,
    spacing: [1, 1, 1] as const,
    affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]),
  };
  const value = (i: number) => (i * 7919 + seed * 104729) % 1800 - 1400;
  const length = elements(shape);
  return {
    ...grid,
    voxels: wide
      ? Int16Array.from({ length }, (_, i) => value(i))
      : Uint8Array.from({ length }, (_, i) => value(i) & 255),
    rescale: [wide ? { slope: 1, intercept: 0 } : { slope: 6, intercept: -1400 }],
    windows: [],
    format: "nifti",
    modality: null,
    source: canonicalSource(grid),
    report: [],
  };
}

/** A convolution over three voxels or pixels along each axis, then a sigmoid. */
export function segmenterOf(backend: Backend, trial: Trial): Segmenter {
  const { dimensions, size, plane, seed, weighting } = trial;
  const input = dimensions === 3 ? [1, 1, size, ...plane] : [size, 3, ...plane];
  const axes = new Array<number>(dimensions);
  const same = window(axes.fill(3), axes.map(() => 1), axes.map(() => 1), axes.map(() => 1));
  const b = new GraphBuilder("a network");
  const graph = b.build(
    b.apply("sigmoid", "y", [b.conv("c", b.input("x", input), { channels: 2, ...same })], {}),
  );
  const weights = seededWeights(graph, seed);
  const executable = compile(backend, graph, weights);
  const grouping: Grouping = {
    size,
    overlap: dimensions === 3 ? Math.min(trial.share, size - 1) : 0,
    weighting: dimensions === 3 ? weighting : "mean",
    ...(dimensions === 3 && !endsInZeros(trial.filling) ? { filling: trial.filling } : {}),
  };
  return {
    model: {
      ...buildModel(dimensions === 3 ? "vnet:small" : "unet:small"),
      dimensions,
      inputShape: input,
      outputShape: executable.outputs[0].shape,
      foreground: 1,
    },
    flops: 0,
    weights,
    ensemble: [],
    weightsFrom: "seeded-random",
    notes: [],
    grouping,
    field: trial.field,
    plane,
    executable,
    [Symbol.dispose]: () => executable[Symbol.dispose](),
  };
}

/** A scan of several groups that overlap, no two of which look alike. */
export const LONG: Trial = {
  shape: [19, 5, 4],
  wide: true,
  plane: [4, 4],
  dimensions: 3,
  size: 4,
  share: 1,
  weighting: "mean",
  field: "whole",
  seed: 3,
};

const SIZES = fc.integer({ min: 1, max: 9 });
/** Trials of every kind. */
export const TRIALS: fc.Arbitrary<Trial> = fc.record({
  shape: fc.tuple(fc.integer({ min: 1, max: 23 }), SIZES, SIZES),
  wide: fc.boolean(),
  plane: fc.tuple(SIZES, SIZES),
  dimensions: fc.constantFrom(2 as const, 3 as const),
  size: fc.integer({ min: 1, max: 6 }),
  share: fc.integer({ min: 0, max: 5 }),
  weighting: fc.constantFrom<Weighting>("mean", "gaussian"),
  filling: fc.constantFrom(...FILLINGS),
  field: fc.constantFrom<FieldChoice>("whole", "lungs"),
  seed: fc.nat(1000),
});
