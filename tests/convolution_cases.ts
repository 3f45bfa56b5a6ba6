/**
 * Convolutions of unusual legal shapes.
 *
 * @module
 */

import type { Shape } from "../src/base/shapes.ts";
import type { WindowAttributes } from "../src/graph/windowed.ts";
import { window } from "./case.ts";

/** [name, input, output channels, window, groups, bias] */
export type ConvCase = readonly [string, Shape, number, WindowAttributes, number?, boolean?];

/** Convolutions, strided, padded, grouped, wide enough to be folded and not. */
export const CONVOLUTIONS: readonly ConvCase[] = [
  ["one voxel", [1, 1, 1, 1], 1, window([1, 1], [1, 1], [0, 0], [0, 0])],
  ["3x3 same", [2, 3, 5, 7], 5, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["5x5x5 same, 1 to 4", [1, 1, 5, 6, 8], 4, window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2])],
  ["folded by 4", [1, 1, 5, 16, 32], 4, window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2])],
  ["folded by 2", [2, 8, 3, 16, 22], 8, window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2])],
  ["folded, 2-D, 2 to 1", [2, 2, 64, 64], 1, window([7, 7], [1, 1], [3, 3], [3, 3]), 1, false],
  ["folded, 3 to 5", [1, 3, 32, 34], 5, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["folded, skew", [1, 4, 30, 36], 4, window([4, 4], [1, 1], [1, 1], [2, 2])],
  ["folded, all padding before", [1, 2, 50, 48], 2, window([3, 3], [1, 1], [1, 2], [1, 0])],
  ["folded, one tap, many to one", [2, 24, 64, 72], 1, window([1, 1], [1, 1], [0, 0], [0, 0])],
  ["folded, one tap, many to three", [1, 24, 64, 66], 3, window([1, 1], [1, 1], [0, 0], [0, 0])],
  ["folded, one tap", [2, 8, 4, 32, 34], 1, window([1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0])],
  ["too wide to fold", [1, 8, 40, 39], 8, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["2x2x2 stride 2", [1, 4, 4, 6, 8], 8, window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0])],
  ["1x1x1 to one channel", [2, 8, 3, 5, 7], 1, window([1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0])],
  ["1x1 stride 2", [1, 17, 7, 9], 32, window([1, 1], [2, 2], [0, 0], [0, 0]), 1, false],
  ["stride above kernel", [1, 5, 9, 11], 3, window([2, 2], [3, 3], [0, 0], [0, 0])],
  ["skew padding", [1, 3, 7, 6], 17, window([3, 3], [2, 2], [0, 1], [1, 0])],
  ["skew padding, 3-D", [1, 3, 3, 4, 5], 4, window([3, 2, 3], [1, 2, 1], [0, 1, 2], [2, 0, 1])],
  ["one column", [1, 16, 5, 6, 2], 16, window([2, 2, 2], [2, 2, 2], [0, 0, 0], [0, 0, 0])],
  ["kernel of the size of x", [2, 3, 4, 5], 6, window([4, 5], [1, 1], [0, 0], [0, 0])],
  ["depthwise", [2, 17, 5, 7], 17, window([3, 3], [1, 1], [1, 1], [1, 1]), 17, false],
  ["depthwise, stride 2", [1, 32, 8, 9], 32, window([3, 3], [2, 2], [0, 0], [1, 1]), 32],
  ["depthwise, 3-D", [1, 5, 3, 4, 5], 5, window([3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1]), 5],
  ["depthwise, two a channel", [1, 3, 5, 5], 6, window([3, 3], [1, 1], [1, 1], [1, 1]), 3],
  ["grouped", [2, 6, 5, 7], 10, window([3, 3], [1, 1], [1, 1], [1, 1]), 2],
  ["grouped, 3-D", [1, 16, 3, 4, 4], 16, window([3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1]), 4],
  ["wide", [1, 48, 6, 6], 64, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["in tiles", [2, 48, 16, 40], 48, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["in tiles, of six rows or four", [1, 48, 24, 40], 40, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["in tiles, one at a time", [1, 64, 64, 64], 64, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["in tiles, no bias", [1, 48, 16, 40], 64, window([3, 3], [1, 1], [1, 1], [1, 1]), 1, false],
  ["in tiles, skew padding", [1, 48, 16, 45], 48, window([3, 3], [1, 1], [0, 2], [2, 0])],
  ["in tiles, the last not full", [2, 64, 15, 45], 64, window([3, 3], [1, 1], [1, 1], [1, 1])],
  ["in tiles, no padding", [1, 48, 18, 43], 48, window([3, 3], [1, 1], [0, 0], [0, 0])],
  ["in tiles, much padding", [1, 64, 14, 43], 64, window([3, 3], [1, 1], [2, 2], [2, 2])],
  ["padding beyond the kernel", [1, 40, 10, 7], 40, window([3, 3], [1, 1], [4, 1], [4, 1])],
  ["in tiles, 3-D", [2, 16, 8, 12, 10], 16, window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2])],
  [
    "in tiles, 3-D, six slices",
    [1, 32, 6, 12, 9],
    24,
    window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2]),
  ],
  [
    "in tiles, one channel to few",
    [1, 1, 8, 32, 32],
    4,
    window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2]),
  ],
  [
    "in tiles, many channels to two",
    [1, 32, 8, 12, 10],
    2,
    window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2]),
  ],
  ["in tiles, folded", [1, 8, 16, 8, 16], 8, window([5, 5, 5], [1, 1, 1], [2, 2, 2], [2, 2, 2])],
  [
    "in tiles, in strips",
    [1, 32, 4, 48, 48],
    32,
    window([3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1]),
  ],
];
