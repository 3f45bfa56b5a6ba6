/**
 * Convolutions of few channels at stride 1, with all that is fused to them, as kernels that are
 * written for each: `native/thin_convolution.cu` with its constants and its epilogue.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import { address, type Argument, i32, struct } from "../cuda/arguments.ts";
import type { Grid } from "../cuda/launch.ts";
import { threeAxes } from "../cuda/layout.ts";
import type { Generated } from "../cuda/programs.ts";
import type { Convolution } from "../graph_api/convolution_graphs.ts";
import { chainCode, describeLinks, type Link, type Operand } from "./chain_code.ts";
import { describeChannels, firstChannels, sourceArguments, type Sources } from "./sources.ts";

/** How the work of a convolution is cut; the names are those of `native/thin_convolution.cu`. */
export interface Cut {
  /** Channels of y that a thread computes. */
  readonly KT: number;
  /** Voxels along W that a thread computes, and rows that a warp does. */
  readonly TX: number;
  /** Groups of channels of a block, a warp each. */
  readonly KG: number;
  /** Warps below each other in a block. */
  readonly SUB: number;
  /** Channels of x that a block holds at a time. */
  readonly CC: number;
}

/** Channels of x and of y at most: with more, engines of cuDNN are at home. */
const MOST_CHANNELS = 32;

/** Taps along an axis, at most. */
const MOST_TAPS = 7;

/** Sums that a thread keeps in its registers at most. */
const SUMS = 64;

/** Warps of a block where channels have few groups. */
const WARPS = 4;

/** Voxels along W that a warp computes. */
const COLUMNS = 32;

/** Bytes that a block holds of what it reads, at most: several blocks share a multiprocessor. */
const MOST_HELD = 32 << 10;

/** Elements from which on an index takes 64 bits. */
const MANY = 2 ** 30;

/** Planes and samples together, which are the third axis of a grid, at most. */
const MOST_PLANES = 65535;

/** The largest of some numbers that divides another one. */
const divisor = (n: number, candidates: readonly number[]) =>
  candidates.find((one) => n % one === 0)!;

/**
 * How a convolution is cut; undefined for one that is none of few channels at stride 1.
 *
 * @param first channels of x that are in its first tensor
 */
export function cutOf(
  { kind, groups, window, x, w, y }: Convolution,
  first: number,
): Cut | undefined {
  const [C, K] = [x[1], w[0]];
  const few = kind === "forward" && groups === 1 && Math.max(C, K) <= MOST_CHANNELS;
  const still = window.stride.every((one) => one === 1);
  const taps = window.kernel;
  const small = taps.every((one) => one <= MOST_TAPS);
  const [D] = threeAxes(y.slice(2), 1);
  if (!few || !still || !small || y[0] * D > MOST_PLANES) return undefined;
  const KT = divisor(K, [8, 4, 2, 1]);
  const TX = Math.min(16, SUMS / KT);
  const KG = K / KT;
  const SUB = Math.max(1, Math.floor(WARPS / KG));
  const [, KH, KW] = threeAxes(taps, 1);
  const rows = TX * SUB + KH - 1;
  const pitch = pitchOf(TX, KW);
  const held = (CC: number) => 4 * CC * (rows * pitch + KH * KW * K);
  const fits = (one: number) => C % one === 0 && first % one === 0;
  const CC = [4, 2, 1].find((one) => fits(one) && held(one) <= MOST_HELD);
  return CC === undefined ? undefined : { KT, TX, KG, SUB, CC };
}

/** `PITCH` of `native/thin_convolution.cu`. */
function pitchOf(TX: number, KW: number): number {
  const columns = COLUMNS - TX + 4 * Math.ceil((TX + KW - 1) / 4);
  return Math.floor((columns + 11) / 16) * 16 + 4;
}

/** A convolution with its epilogue as a kernel, and its launch. */
export interface ThinKernel {
  readonly program: Generated;
  readonly args: readonly Argument[];
  readonly grid: Grid;
  readonly block: readonly [number, number];
  /** Channels that a thread writes at once. */
  readonly lanes: number;
  /** Whether an index takes 64 bits. */
  readonly wide: boolean;
}

/**
 * The kernel of a convolution.
 *
 * @param links what is done with each sum, the bias among it
 */
export function thinKernel(
  { window, x, w, y }: Convolution,
  { KT, TX, KG, SUB, CC }: Cut,
  sources: Sources,
  output: Operand,
  links: readonly Link[],
): ThinKernel {
  const [[KD, KH, KW], [PD, PH, PW]] = [
    threeAxes(window.kernel, 1),
    threeAxes(window.padBefore, 0),
  ];
  const FIRST = firstChannels(sources.x);
  const numbers = { C: x[1], K: w[0], FIRST, KD, KH, KW, PD, PH, PW, KT, TX, KG, SUB, CC };
  const constants = Object.entries(numbers).map(([name, value]) => `${name} = ${value}`).join(", ");
  const wide = elements(y) >= MANY;
  const { parameters, setup, body, args } = chainCode(links, output.shape, KT, wide);
  const written = output.type === "f32" ? "float" : "Element";
  const text = `
extern "C" __global__ __launch_bounds__(THREADS, 512 / THREADS) void thin_convolution(
    const Element* x, const Element* rest, const Element* w, ${written}* y,
    Field field${parameters}) {
${setup}  Here here = whereAmI(field);
  float sums[TX][KT];
  convolve(sums, x, rest, w, field, here);
  if (here.row >= field.yH) return;
  Index row = ((Index)blockIdx.z * field.yH + here.row) * field.yW;
#pragma unroll
  for (int t = 0; t < TX; t++) {
    if (here.column + t >= field.yW) return;
    Index i = (row + here.column + t) * K + here.first;
    float* v = sums[t];
${body}    store<LANES>(y + i, v);
  }
}
`;
  const [xs, ys] = [threeAxes(x.slice(2), 1), threeAxes(y.slice(2), 1)];
  const [D, H, W] = ys;
  const pieces = [
    "pointwise" as const,
    { code: `constexpr int ${constants};\n` },
    "thin_convolution" as const,
    { code: text },
  ];
  const taps = window.kernel.join("x");
  const about = `${describeChannels(sources.x)} to ${w[0]}, ${taps}; ` +
    (describeLinks(links, output.shape) || "bare");
  return {
    program: { name: "thin_convolution", about, pieces },
    args: [
      ...sourceArguments(sources),
      address(output.address),
      struct([...xs, ...ys].map(i32)),
      ...args,
    ],
    grid: [Math.ceil(W / COLUMNS), Math.ceil(H / (TX * SUB)), y[0] * D],
    block: [COLUMNS * KG * SUB, 1],
    lanes: KT,
    wide,
  };
}
