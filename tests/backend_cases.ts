/**
 * Small nets for the backend suite: every op over unusual legal shapes, and chains of ops.
 *
 * @module
 */

import type { GraphBuilder } from "../src/graph/builder.ts";
import type { ValueId } from "../src/graph/graph.ts";
import type { OpName } from "../src/graph/ops/mod.ts";
import type { Shape } from "../src/base/shapes.ts";
import { type ConvCase, CONVOLUTIONS } from "./convolution_cases.ts";
import { TRAINING_CASES } from "./training_cases.ts";
import { type Case, MANY_VOXELS, over, window } from "./case.ts";

/** One case for each pair of shapes. */
function pairs(op: "add" | "mul"): Case[] {
  const shapes: readonly [string, Shape, Shape][] = [
    ["same shape", [2, 5, 3, 7], [2, 5, 3, 7]],
    ["same shape, 3-D", [1, 3, 2, 3, 5], [1, 3, 2, 3, 5]],
    ["a number a channel and sample", [2, 17, 3, 7], [2, 17, 1, 1]],
    ["a number a channel", [1, 16, 3, 5, 7], [1, 16, 1, 1, 1]],
    ["a number a channel for all samples", [3, 5, 4, 4], [1, 5, 1, 1]],
    ["over the channels", [2, 5, 3, 7], [2, 1, 3, 7]],
    ["over the channels, 3-D", [2, 8, 2, 3, 5], [2, 1, 2, 3, 5]],
    ["over the channels, many voxels", [2, 12, 64, 96], [2, 1, 64, 96]],
    ["over the batch", [3, 4, 3, 5], [1, 4, 3, 5]],
    ["a number a sample", [2, 1, 4, 5], [2, 1, 1, 1]],
    ["a scalar", [2, 3, 4, 5], [1, 1, 1, 1]],
    ["the first is broadcast", [1, 5, 1, 1], [1, 5, 3, 7]],
    ["over the channels, first", [2, 1, 3, 7], [2, 5, 3, 7]],
    ["both are broadcast", [2, 5, 1, 1], [2, 1, 3, 7]],
    ["both are broadcast, 3-D", [2, 1, 3, 1, 7], [1, 5, 1, 2, 1]],
    ["along one axis", [1, 3, 4, 6], [1, 3, 1, 6]],
  ];
  return shapes.map(([name, p, q]) => ({
    name,
    build: (b) => b.apply(op, "y", [b.input("x", p), b.input("z", q)], {}),
  }));
}

const DECONVOLUTIONS: readonly ConvCase[] = [
  ["2x2x2 stride 2", [1, 16, 2, 3, 4], 4, window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0])],
  ["folded", [2, 16, 3, 5, 24], 4, window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0])],
  ["folded by 3, 2-D", [1, 5, 16, 20], 5, window([2, 3], [2, 3], [1, 0], [0, 0]), 1, false],
  ["2x2 stride 2, odd channels", [2, 3, 5, 1], 5, window([2, 2], [2, 2], [0, 0], [0, 0])],
  ["3x3 stride 2, Keras's same", [1, 8, 4, 5], 6, window([3, 3], [2, 2], [0, 0], [1, 1])],
  ["3x3 stride 2, cropped before", [2, 5, 4, 3], 1, window([3, 3], [2, 2], [1, 1], [0, 0])],
  ["stride 1", [1, 3, 4, 5], 17, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["stride above kernel", [1, 3, 4, 5], 2, window([2, 2], [3, 3], [0, 0], [0, 0])],
  ["one voxel", [1, 1, 1, 1, 1], 1, window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0])],
  ["skew, 3-D", [1, 5, 2, 3, 3], 3, window([3, 2, 3], [2, 2, 1], [0, 0, 1], [1, 0, 0])],
];

const conv = ([name, shape, channels, win, groups = 1, bias = true]: ConvCase): Case => ({
  name,
  build: (b) => b.conv("y", b.input("x", shape), { channels, ...win, groups, bias }),
});

const deconv = ([name, shape, channels, win]: ConvCase): Case => ({
  name,
  build: (b) => b.deconv("y", b.input("x", shape), { channels, ...win }),
});

/** Cases by op: an op without any does not compile. */
export const OP_CASES: { readonly [K in OpName]: readonly Case[] } = {
  add: pairs("add"),
  mul: pairs("mul"),
  relu: over((b, x) => b.apply("relu", "y", [x], {})),
  leaky_relu: over((b, x) => b.apply("leaky_relu", "y", [x], { slope: 0.3 })),
  elu: over((b, x) => b.apply("elu", "y", [x], {})),
  sigmoid: over((b, x) => b.apply("sigmoid", "y", [x], {})),
  softmax: over((b, x) => b.apply("softmax", "y", [x], {})),
  prelu: [
    ...over((b, x) => b.preluChannel("y", x)),
    ...over((b, x) => b.preluElement("y", x)),
  ],
  scale_shift: over((b, x) => {
    const shape = [b.channels(x)];
    const init = { kind: "constant", value: 0 } as const;
    const [scale, shift] = ["scale", "shift"].map((name) => b.parameter(name, shape, init));
    return b.apply("scale_shift", "y", [x, scale, shift], {});
  }),
  batch_norm: over((b, x) => b.batchNorm("y", x, 1e-3)),
  instance_norm: over(
    (b, x) => b.instanceNorm("y", x, 1e-5),
    [
      [2, 3, 5, 7],
      [1, 17, 1, 9],
      [3, 5, 3, 1, 4],
      [1, 4, 2, 6, 8],
      [2, 1, 3, 5, 7],
      [1, 32, 8, 8],
      MANY_VOXELS,
    ],
  ),
  tile: over((b, x) => b.apply("tile", "y", [x], { channels: 3 * b.channels(x) })),
  concat: [
    ...over((b, x) => b.apply("concat", "y", [x, x, b.apply("relu", "r", [x], {})], {})),
    {
      name: "1 and 5 and 16 channels",
      build: (b) =>
        b.apply("concat", "y", [1, 5, 16].map((c) => b.input(`x${c}`, [2, c, 3, 4])), {}),
    },
  ],
  conv: CONVOLUTIONS.map(conv),
  deconv: DECONVOLUTIONS.map(deconv),
  linear: [
    over((b, x) => b.linear("y", x, 5), [[1, 1, 1, 1], [3, 17, 1, 1], [2, 32, 1, 1, 1]]),
  ].flat(),
  pad: [
    ...over((b, x) => b.apply("pad", "y", [x], { before: [1, 0], after: [0, 2] }), [
      [1, 1, 1, 1],
      [2, 3, 5, 7],
    ]),
    ...over((b, x) => b.apply("pad", "y", [x], { before: [1, 2, 0], after: [0, 1, 3] }), [
      [2, 4, 3, 1, 4],
    ]),
  ],
  max_pool: [
    ...over((b, x) => b.apply("max_pool", "y", [x], window([3, 3], [2, 2], [0, 1], [1, 1])), [
      [2, 3, 6, 7],
      [1, 17, 4, 4],
    ]),
    ...over((b, x) => b.apply("max_pool", "y", [x], window([2, 2], [3, 3], [0, 0], [0, 0])), [
      [1, 5, 8, 9],
    ]),
    ...over(
      (b, x) => b.apply("max_pool", "y", [x], window([2, 2, 3], [2, 2, 1], [0, 1, 1], [0, 0, 1])),
      [[2, 3, 4, 5, 6], [1, 32, 2, 2, 3]],
    ),
  ],
  global_avg_pool: [
    ...over((b, x) => b.apply("global_avg_pool", "y", [x], {})),
    ...over(
      // far from 0, so that errors show
      (b, x) => b.apply("global_avg_pool", "y", [b.apply("sigmoid", "s", [x], {})], {}),
      [MANY_VOXELS],
    ),
  ],
  global_max_pool: over((b, x) => b.apply("global_max_pool", "y", [x], {})),
  channel_mean: over((b, x) => b.apply("channel_mean", "y", [x], {})),
  channel_max: [
    ...over((b, x) => b.apply("channel_max", "y", [x], {})),
    ...over((b, x) => b.apply("channel_max", "y", [x], {}), [[2, 24, 5, 7], [2, 64, 3, 4, 6]]),
  ],
  ...TRAINING_CASES,
};

/** Chains of ops that a backend may fuse, fold or compute in place. */
export const CHAINS: readonly Case[] = [
  {
    name: "convolution, norm, sum with the input, slopes a channel",
    build(b) {
      const x = b.input("x", [2, 6, 5, 7]);
      const c = b.conv("c", x, { channels: 6, ...window([3, 3], [1, 1], [1, 1], [1, 1]) });
      return b.preluChannel("p", b.apply("add", "a", [b.batchNorm("n", c, 1e-3), x], {}));
    },
  },
  {
    name: "folded convolution, sum with the tiled input, slopes an element",
    build(b) {
      const x = b.input("x", [1, 1, 4, 16, 32]);
      const c = b.conv("c", x, {
        channels: 4,
        ...window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2]),
      });
      const t = b.apply("tile", "t", [x], { channels: 4 });
      return b.preluElement("p", b.apply("add", "a", [c, t], {}));
    },
  },
  {
    name: "folded convolution, affine map, elu, product with another branch",
    build(b) {
      const x = b.input("x", [1, 8, 16, 64]);
      const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
      const c = b.batchNorm("n", b.conv("c", x, { channels: 8, ...same, bias: false }), 1e-3);
      const d = b.apply("sigmoid", "s", [b.conv("d", x, { channels: 8, ...same })], {});
      return b.apply("mul", "m", [b.apply("elu", "e", [c], {}), d], {});
    },
  },
  {
    name: "convolution in tiles, sum with the input, leaky relu",
    build(b) {
      const x = b.input("x", [2, 48, 16, 40]);
      const c = b.conv("c", x, { channels: 48, ...window([3, 3], [1, 1], [1, 1], [1, 1]) });
      return b.apply("leaky_relu", "l", [b.apply("add", "a", [c, x], {})], { slope: 0.2 });
    },
  },
  {
    name: "convolution in tiles and strips, norm, sum with the input, two samples",
    build(b) {
      const x = b.input("x", [2, 16, 8, 72, 64]);
      const same = window([3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1]);
      const c = b.batchNorm("n", b.conv("c", x, { channels: 16, ...same }), 1e-3);
      return b.apply("add", "a", [c, x], {});
    },
  },
  {
    name: "convolution, norm, sum with the input twice",
    build(b) {
      const x = b.input("x", [2, 6, 5, 7]);
      const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
      const c = b.batchNorm("n", b.conv("c", x, { channels: 6, ...same, bias: false }), 1e-3);
      return b.apply("add", "b", [b.apply("add", "a", [c, x], {}), x], {});
    },
  },
  {
    name: "convolution whose padding is off the middle, sum with the input",
    build(b) {
      const x = b.input("x", [1, 6, 5, 7]);
      const c = b.conv("c", x, { channels: 6, ...window([3, 3], [1, 1], [0, 2], [2, 0]) });
      return b.apply("add", "a", [c, x], {});
    },
  },
  {
    name: "convolution in tiles, sum with another, norm: an epilogue that needs channels",
    build(b) {
      const x = b.input("x", [2, 48, 16, 40]);
      const z = b.input("z", [2, 48, 16, 40]);
      const c = b.conv("c", x, { channels: 48, ...window([3, 3], [1, 1], [1, 1], [1, 1]) });
      return b.apply("relu", "r", [b.batchNorm("n", b.apply("add", "a", [c, z], {}), 1e-3)], {});
    },
  },
  {
    name: "convolution in tiles, sum with another, slopes a channel: an epilogue half inside",
    build(b) {
      const x = b.input("x", [1, 48, 16, 40]);
      const z = b.input("z", [1, 48, 16, 40]);
      const c = b.conv("c", x, { channels: 48, ...window([3, 3], [1, 1], [1, 1], [1, 1]) });
      return b.preluChannel("p", b.apply("add", "a", [c, z], {}));
    },
  },
  {
    name: "convolution in tiles and strips, two samples, sum with another, norm",
    build(b) {
      const x = b.input("x", [2, 16, 8, 72, 64]);
      const z = b.input("z", [2, 16, 8, 72, 64]);
      const same = window([3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1]);
      const c = b.conv("c", x, { channels: 16, ...same });
      return b.batchNorm("n", b.apply("add", "a", [c, z], {}), 1e-3);
    },
  },
  {
    name: "activation, norm, sum",
    build(b) {
      const x = b.input("x", [3, 5, 6, 8]);
      const h = b.batchNorm("n", b.apply("leaky_relu", "l", [x], { slope: 0.2 }), 1e-3);
      const g = b.apply("sigmoid", "s", [b.batchNorm("m", x, 1e-3)], {});
      return b.apply("relu", "r", [b.apply("add", "a", [h, g], {})], {});
    },
  },
  {
    name: "channel attention: two paths that share a dense net, then products of both kinds",
    build(b) {
      const x = b.input("x", [2, 32, 5, 7]);
      const path = (name: string, pooled: ValueId) =>
        b.linear(`${name}.2`, b.apply("relu", `${name}.r`, [b.linear("fc1", pooled, 4)], {}), 32);
      const a = path("a", b.apply("global_avg_pool", "ga", [x], {}));
      const m = path("m", b.apply("global_max_pool", "gm", [x], {}));
      const s = b.apply("sigmoid", "s", [b.apply("add", "am", [a, m], {})], {});
      const h = b.apply("mul", "h", [x, s], {});
      const both = b.apply("concat", "both", [
        b.apply("channel_mean", "cm", [h], {}),
        b.apply("channel_max", "cx", [h], {}),
      ], {});
      const map = b.conv("map", both, {
        channels: 1,
        ...window([7, 7], [1, 1], [3, 3], [3, 3]),
        bias: false,
      });
      return b.apply("mul", "y", [h, b.apply("sigmoid", "g", [map], {})], {});
    },
  },
  {
    name: "transposed convolution, norm, slopes a channel, joined with a skip",
    build(b) {
      const x = b.input("x", [1, 8, 2, 3, 4]);
      const skip = b.input("skip", [1, 3, 4, 6, 8]);
      const d = b.deconv("d", x, {
        channels: 5,
        ...window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0]),
      });
      const up = b.preluChannel("p", b.batchNorm("n", d, 1e-3));
      return b.apply("relu", "r", [b.apply("concat", "j", [up, skip], {})], {});
    },
  },
  {
    name: "a skip with zeros around it, joined",
    build(b) {
      const before = { before: [1, 0, 2], after: [0, 2, 1] };
      const skip = b.apply("pad", "p", [b.input("skip", [2, 3, 2, 3, 4])], before);
      const whole = b.apply("concat", "j", [skip, b.input("x", [2, 5, 3, 5, 7])], {});
      return b.apply("relu", "r", [whole], {});
    },
  },
  {
    name: "two skips with zeros around them, joined, one of them read again",
    build(b) {
      const padded = (name: string) =>
        b.apply("pad", `${name}.p`, [b.input(name, [1, 16, 61, 60])], {
          before: [3, 4],
          after: [0, 0],
        });
      const [p, q] = ["p", "q"].map(padded);
      const whole = b.apply("concat", "j", [b.input("z", [1, 8, 64, 64]), p, q], {});
      return b.apply("concat", "k", [whole, b.apply("sigmoid", "s", [q], {})], {});
    },
  },
  {
    name: "folded transposed convolution, norm, slopes a channel",
    build(b) {
      const x = b.input("x", [1, 8, 3, 8, 12]);
      const d = b.deconv("d", x, {
        channels: 6,
        ...window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0]),
      });
      return b.preluChannel("p", b.batchNorm("n", d, 1e-3));
    },
  },
  {
    name: "folded transposed convolution, sum with another branch",
    build(b) {
      const x = b.input("x", [1, 8, 16, 24]);
      const d = b.deconv("d", x, { channels: 4, ...window([2, 2], [2, 2], [0, 0], [0, 0]) });
      return b.apply("add", "a", [d, b.input("side", [1, 4, 32, 48])], {});
    },
  },
  {
    name: "norm of each sample, in place, then read twice",
    build(b) {
      const x = b.input("x", [2, 4, 3, 4, 5]);
      const h = b.instanceNorm(
        "n",
        b.conv("c", x, {
          channels: 4,
          ...window([3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1]),
        }),
        1e-5,
      );
      const p = b.preluChannel("p", h);
      return b.apply("add", "a", [p, h], {});
    },
  },
  {
    name: "norm of each sample, most of which is padding",
    build: (b) => b.instanceNorm("n", mostlyPadding(b), 1e-5),
  },
  {
    name: "mean of samples that are mostly padding",
    build: (b) => b.apply("global_avg_pool", "m", [mostlyPadding(b)], {}),
  },
];

/**
 * Many voxels of one value, as behind the last slice of a scan: sums whose additions all round the
 * same way show it. Odd sizes, so that voxels do not pair up evenly.
 */
function mostlyPadding(b: GraphBuilder): ValueId {
  const x = b.input("x", [2, 3, 5, 40, 45]);
  const padded = b.apply("pad", "p", [x], { before: [0, 1, 0], after: [20, 10, 7] });
  const shift = b.parameter("shift", [3], { kind: "constant", value: 0.3 });
  const scale = b.parameter("scale", [3], { kind: "constant", value: 1 });
  return b.apply("scale_shift", "s", [padded, scale, shift], {});
}
