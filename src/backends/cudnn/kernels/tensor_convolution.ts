/**
 * Convolutions of few channels at stride 1 on tensor cores, with all that is fused to them, as kernels
 * that are written for each: `native/tensor_convolution.cu` with its constants and its epilogue.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import { address, i32, struct } from "../cuda/arguments.ts";
import { threeAxes } from "../cuda/layout.ts";
import type { Convolution } from "../graph_api/convolution_graphs.ts";
import { chainCode, describeLinks, type Link, type Operand } from "./chain_code.ts";
import { describeChannels, firstChannels, sourceArguments, type Sources } from "./sources.ts";
import type { ThinKernel } from "./thin_convolution.ts";

/** How the work is cut; the names are those of `native/tensor_convolution.cu`. */
export interface TensorCut {
  /** Rows of y that a warp computes. */
  readonly ROWS: number;
  /** Groups of 16 factors whose weights a block holds at a time. */
  readonly DEPTH: number;
}

/** The least compute capability, times 10, with products of this size: Ampere. */
const LEAST_CAPABILITY = 80;

/** Taps along an axis at most. */
const MOST_TAPS = 7;

/** Channels of a product. */
const EIGHT = 8;

/** Factors of a product. */
const SIXTEEN = 16;

/** Voxels along W that a block computes. */
const COLUMNS = 32;

/** Bytes that a block may hold. */
const MOST_HELD = 46 << 10;

/** Rows of a warp by blocks of 8 channels: as many sums as leave room for the weights. */
const ROWS: Readonly<Record<number, number>> = { 1: 16, 2: 8, 3: 4, 4: 4 };

/** Elements from which on an index takes 64 bits. */
const MANY = 2 ** 30;

/** Planes and samples together, which are the third axis of a grid, at most. */
const MOST_PLANES = 65535;

/**
 * How a convolution is cut; undefined for one that is none of few channels at stride 1, or on a GPU
 * before Ampere.
 *
 * @param capability of the GPU, times 10
 */
export function tensorCutOf(
  { kind, groups, window, x, w, y }: Convolution,
  capability: number,
): TensorCut | undefined {
  const [C, K] = [x[1], w[0]];
  const [KD, KH, KW] = threeAxes(window.kernel, 1);
  const [D] = threeAxes(y.slice(2), 1);
  const rows = K % EIGHT === 0 ? ROWS[K / EIGHT] : undefined;
  const fits = kind === "forward" && groups === 1 && [8, 16, 32].includes(C) &&
    capability >= LEAST_CAPABILITY && window.stride.every((one) => one === 1) &&
    Math.max(KD, KH, KW) <= MOST_TAPS && y[0] * D <= MOST_PLANES;
  if (!fits || rows === undefined) return undefined;
  const deep = Math.ceil(KW * C / SIXTEEN);
  const columns = COLUMNS + Math.ceil(deep * SIXTEEN / C) - 1;
  const held = 2 * C * (2 * rows + KH - 1) * columns;
  const weights = KH * (K / EIGHT) * 32 * 8;
  const DEPTH = Math.min(deep, Math.floor((MOST_HELD - held) / weights));
  return DEPTH >= 1 ? { ROWS: rows, DEPTH } : undefined;
}

/**
 * The kernel of a convolution.
 *
 * @param links what is done with each sum, the bias among it
 */
export function tensorKernel(
  { window, x, w, y }: Convolution,
  { ROWS, DEPTH }: TensorCut,
  sources: Sources,
  output: Operand,
  links: readonly Link[],
): ThinKernel {
  const [KD, KH, KW] = threeAxes(window.kernel, 1);
  const [PD, PH, PW] = threeAxes(window.padBefore, 0);
  const FIRST = firstChannels(sources.x);
  const numbers = { C: x[1], K: w[0], FIRST, KD, KH, KW, PD, PH, PW, ROWS, DEPTH };
  const constants = Object.entries(numbers).map(([name, value]) => `${name} = ${value}`).join(", ");
  const [lanes, wide] = [2, elements(y) >= MANY];
  const { parameters, setup, body, args } = chainCode(links, output.shape, lanes, wide);
  const written = output.type === "f32" ? "float" : "Element";
  const text = `
extern "C" __global__ __launch_bounds__(THREADS) void tensor_convolution(
    const Element* x, const Element* rest, const Element* w, ${written}* y,
    Field field${parameters}) {
${setup}  float sums[ROWS][BLOCKS][4];
  convolve(sums, x, rest, w, field);
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  int firstRow = blockIdx.y * TILE_ROWS + warp / 2 * ROWS;
  int firstColumn = blockIdx.x * TILE_COLUMNS + warp % 2 * 16 + lane / 4;
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    if (firstRow + r >= field.yH) return;
#pragma unroll
    for (int eighth = 0; eighth < 2; eighth++) {
      int column = firstColumn + 8 * eighth;
      if (column >= field.yW) continue;
      Index voxel = ((Index)blockIdx.z * field.yH + firstRow + r) * field.yW + column;
#pragma unroll
      for (int block = 0; block < BLOCKS; block++) {
        Index i = voxel * K + block * 8 + lane % 4 * 2;
        float* v = sums[r][block] + 2 * eighth;
${body}        store<LANES>(y + i, v);
      }
    }
  }
}
`;
  const [xs, ys] = [threeAxes(x.slice(2), 1), threeAxes(y.slice(2), 1)];
  const [D, H, W] = ys;
  const about = `${describeChannels(sources.x)} to ${w[0]}, ${window.kernel.join("x")}; ` +
    (describeLinks(links, output.shape) || "bare");
  const pieces = [
    "pointwise" as const,
    { code: `constexpr int ${constants};\n` },
    "tensor_convolution" as const,
    { code: text },
  ];
  return {
    program: { name: "tensor_convolution", about, pieces },
    args: [
      ...sourceArguments(sources),
      address(output.address),
      struct([...xs, ...ys].map(i32)),
      ...args,
    ],
    grid: [Math.ceil(W / COLUMNS), Math.ceil(H / (2 * ROWS)), y[0] * D],
    block: [128, 1],
    lanes,
    wide,
  };
}
