/**
 * Cases of the backend suite for the ops that only training needs.
 *
 * @module
 */

import type { Shape } from "../src/base/shapes.ts";
import type { GraphBuilder } from "../src/graph/builder.ts";
import type { ValueId } from "../src/graph/graph.ts";
import type { OpName } from "../src/graph/ops/mod.ts";
import { uniformWindow } from "../src/graph/windowed.ts";
import { type Case, MANY_VOXELS, over, SHAPES, window } from "./case.ts";
import { CONVOLUTIONS } from "./convolution_cases.ts";

const ZERO = { kind: "constant", value: 0 } as const;
const ONE = { kind: "constant", value: 1 } as const;

/** Shapes with more than one voxel, and with very many. */
const WIDE = [...SHAPES.filter((shape) => shape.slice(2).some((size) => size > 1)), MANY_VOXELS];

/** x with a gradient of the same shape. */
const gradientOf = (b: GraphBuilder, x: ValueId) => b.input("dy", b.shape(x));

function sums(): Case[] {
  const axes: readonly (readonly number[])[] = [[0, 2, 3], [2, 3], [1], [0, 1, 2, 3], [3], [0, 1]];
  return [
    ...axes.map((some): Case => ({
      name: `over ${some}`,
      build: (b) => b.apply("sum", "y", [b.input("x", [2, 5, 3, 7])], { axes: some }),
    })),
    ...[[0, 2, 3, 4], [0, 1, 2, 3, 4], [1], [1, 3], [0, 4], []].map((some): Case => ({
      name: `3-D, over ${some}`,
      build: (b) => b.apply("sum", "y", [b.input("x", [3, 4, 2, 5, 6])], { axes: some }),
    })),
    {
      name: "many voxels of one sign, which single precision would lose",
      build: (b) => {
        const x = b.input("x", [1, 2, 300, 300]);
        return b.apply("sum", "y", [b.apply("sigmoid", "s", [x], {})], { axes: [0, 2, 3] });
      },
    },
  ];
}

/** Builds a normalisation's op with its statistics, of the batch or of each sample. */
type Normalised = (b: GraphBuilder, x: ValueId, mean: ValueId, variance: ValueId) => ValueId;

function normalisations(apply: Normalised): Case[] {
  return ["batch", "sample"].flatMap((kind) =>
    over((b, x) => {
      const shape = b.shape(x);
      const axes = shape.map((_, axis) => axis).filter((axis) =>
        axis > 1 || axis === 0 && kind === "batch"
      );
      const count = axes.reduce((product, axis) => product * shape[axis], 1);
      const total = b.apply("sum", "total", [x], { axes });
      const mean = b.apply("affine", "mean", [total], { scale: 1 / count, shift: 0 });
      return apply(b, x, mean, b.apply("variance", "variance", [x, mean], {}));
    }, WIDE)
  );
}

const gammaOf = (b: GraphBuilder, x: ValueId) => b.parameter("gamma", [b.channels(x)], ONE);

function slopes(b: GraphBuilder, x: ValueId, perElement: boolean): ValueId {
  const shape = b.shape(x).slice(1);
  return b.parameter("slope", perElement ? shape : shape.slice(0, 1), ZERO);
}

/** The shapes that a convolution case has on both sides. */
function sidesOf([, x, channels, win, groups = 1]: typeof CONVOLUTIONS[number]) {
  const attributes = { ...win, groups };
  const positions = x.slice(2).map((size, axis) => {
    const padded = size + win.padBefore[axis] + win.padAfter[axis];
    return Math.floor((padded - win.kernel[axis]) / win.stride[axis]) + 1;
  });
  return { x, dy: [x[0], channels, ...positions], attributes };
}

const POOLED: readonly Shape[] = [[2, 3, 6, 7], [1, 17, 4, 4], [1, 32, 5, 5]];

/** Ops that backends compute in single precision or better only. */
export const SINGLE_ONLY: ReadonlySet<OpName> = new Set([
  "channel_max_backward",
  "conv_backward_data",
  "conv_backward_weights",
  "leaky_relu_backward",
  "max_pool_backward",
  "normalise",
  "normalise_backward",
  "normalise_backward_scale",
  "prelu_backward_data",
  "prelu_backward_slope",
  "sum",
  "variance",
]);

/** Cases by op. */
export const TRAINING_CASES = {
  affine: over((b, x) => b.apply("affine", "y", [x], { scale: -1.5, shift: 0.25 })),
  reciprocal: over((b, x) => {
    const positive = b.apply("affine", "p", [b.apply("sigmoid", "s", [x], {})], {
      scale: 2,
      shift: 0.5,
    });
    return b.apply("reciprocal", "y", [positive], {});
  }),
  softplus: over((b, x) => {
    const wide = b.apply("affine", "w", [x], { scale: 20, shift: 0 });
    return b.apply("softplus", "y", [wide], {});
  }),
  sum: sums(),
  expand: [
    [[2, 5, 1, 1], [2, 5, 3, 7]],
    [[2, 1, 3, 7], [2, 5, 3, 7]],
    [[1, 1, 1, 1], [2, 3, 4, 5]],
    [[1, 3, 2, 1, 4], [2, 3, 2, 3, 4]],
    [[1, 4, 2, 2], [1, 4, 2, 2]],
  ].map(([from, shape]): Case => ({
    name: `${from} to ${shape}`,
    build: (b) => b.apply("expand", "y", [b.input("x", from)], { shape }),
  })),
  channel_slice: over(
    (b, x) => b.apply("channel_slice", "y", [x], { first: 2, channels: b.channels(x) - 4 }),
    SHAPES.filter(([, channels]) => channels > 4),
  ),
  crop: [
    ...over((b, x) => b.apply("crop", "y", [x], { before: [1, 0], after: [0, 2] }), [
      [2, 3, 5, 7],
      [1, 16, 2, 3],
    ]),
    ...over((b, x) => b.apply("crop", "y", [x], { before: [1, 2, 0], after: [0, 1, 3] }), [
      [2, 4, 3, 4, 5],
    ]),
  ],
  variance: normalisations((_b, _x, _mean, variance) => variance),
  normalise: normalisations((b, x, mean, variance) => {
    const beta = b.parameter("beta", [b.channels(x)], ZERO);
    return b.apply("normalise", "y", [x, mean, variance, gammaOf(b, x), beta], { epsilon: 1e-3 });
  }),
  normalise_backward: normalisations((b, x, mean, variance) => {
    // of one sign, so that its mean matters
    const dy = b.apply("sigmoid", "s", [gradientOf(b, x)], {});
    const inputs = [x, mean, variance, gammaOf(b, x), dy];
    return b.apply("normalise_backward", "y", inputs, { epsilon: 1e-3 });
  }),
  normalise_backward_scale: normalisations((b, x, mean, variance) => {
    const inputs = [x, mean, variance, gradientOf(b, x)];
    return b.apply("normalise_backward_scale", "y", inputs, { epsilon: 1e-3 });
  }),
  conv_backward_data: CONVOLUTIONS.map((one): Case => {
    const { x, dy, attributes } = sidesOf(one);
    const shape = [dy[1], x[1] / attributes.groups, ...attributes.kernel];
    return {
      name: one[0],
      build(b) {
        const fanIn = shape.slice(2).reduce((product, size) => product * size, dy[1]);
        const weight = b.parameter("weight", shape, { kind: "he_normal", fanIn });
        const spatial = x.slice(2);
        const settings = { ...attributes, spatial };
        return b.apply("conv_backward_data", "y", [b.input("dy", dy), weight], settings);
      },
    };
  }),
  conv_backward_weights: CONVOLUTIONS.map((one): Case => {
    const { x, dy, attributes } = sidesOf(one);
    return {
      name: one[0],
      build: (b) =>
        b.apply("conv_backward_weights", "y", [b.input("x", x), b.input("dy", dy)], attributes),
    };
  }),
  max_pool_backward: [
    ...over((b, x) => {
      const win = window([3, 3], [2, 2], [0, 1], [1, 1]);
      const y = b.apply("max_pool", "pooled", [x], win);
      return b.apply("max_pool_backward", "y", [x, gradientOf(b, y)], win);
    }, POOLED),
    ...over((b, x) => {
      const kernel = b.shape(x).slice(2);
      const win = { ...uniformWindow(kernel.length, 1), kernel };
      const y = b.apply("max_pool", "pooled", [x], win);
      return b.apply("max_pool_backward", "y", [x, gradientOf(b, y)], win);
    }),
    ...over((b, x) => {
      const win = window([2, 2, 3], [2, 2, 1], [0, 1, 1], [0, 0, 1]);
      const y = b.apply("max_pool", "pooled", [x], win);
      return b.apply("max_pool_backward", "y", [x, gradientOf(b, y)], win);
    }, [[2, 3, 4, 5, 6], [1, 32, 2, 2, 3]]),
  ],
  channel_max_backward: over((b, x) => {
    const y = b.apply("channel_max", "most", [x], {});
    return b.apply("channel_max_backward", "y", [x, gradientOf(b, y)], {});
  }),
  leaky_relu_backward: [0, 0.3].flatMap((slope) =>
    over((b, x) => b.apply("leaky_relu_backward", "y", [x, gradientOf(b, x)], { slope }))
  ),
  prelu_backward_data: [false, true].flatMap((perElement) =>
    over((b, x) => {
      const inputs = [x, slopes(b, x, perElement), gradientOf(b, x)];
      return b.apply("prelu_backward_data", "y", inputs, {});
    })
  ),
  prelu_backward_slope: [false, true].flatMap((perElement) =>
    over((b, x) => b.apply("prelu_backward_slope", "y", [x, gradientOf(b, x)], { perElement }))
  ),
} as const satisfies Partial<Readonly<Record<OpName, readonly Case[]>>>;
