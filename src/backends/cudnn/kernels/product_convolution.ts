/**
 * Convolutions of many channels in strict fp32 as products of matrices, with all that is fused to them:
 * `native/product_convolution.cu` with its constants and its epilogue. cuDNN's engines for these put
 * both tensors into another order first.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import { address, i32, struct } from "../cuda/arguments.ts";
import { threeAxes } from "../cuda/layout.ts";
import type { Convolution } from "../graph_api/convolution_graphs.ts";
import { chainCode, describeLinks, type Link, type Operand } from "./chain_code.ts";
import { firstChannels, sourceArguments, type Sources } from "./sources.ts";
import type { ThinKernel } from "./thin_convolution.ts";

/** Side of a block's result, in voxels and in channels. */
type Side = 128 | 64;

/** Channels of either side at least: with fewer most of a block would be empty. */
const FEWEST_CHANNELS = 32;

/** Channels that a thread reads and writes at once. */
const LANES = 4;

/** Voxels, or elements, from which on an index takes 64 bits. */
const MANY = 2 ** 30;

/**
 * Whether a convolution is a product of this kind.
 *
 * @param first channels of x that are in its first tensor
 */
export function isProduct({ kind, groups, x, w, y }: Convolution, first: number): boolean {
  const [C, K] = [x[1], w[0]];
  return kind === "forward" && groups === 1 && Math.min(C, K) >= FEWEST_CHANNELS &&
    [C, first, K].every((channels) => channels % LANES === 0) &&
    Math.max(elements(x), elements(y)) < MANY;
}

/**
 * Sides of a block's result, the preferred first: the large one reads less, but where it would leave
 * multiprocessors idle, more blocks share the work.
 */
export function sidesFor({ w, y }: Convolution, multiprocessors: number): readonly Side[] {
  const [large, small]: Side[] = [128, 64];
  const blocks = Math.ceil(elements(y) / y[1] / large) * Math.ceil(w[0] / large);
  return blocks < multiprocessors ? [small, large] : [large, small];
}

/**
 * The kernel of a convolution.
 *
 * @param links what is done with each sum, the bias among it
 */
export function productKernel(
  { window, x, w, y }: Convolution,
  side: Side,
  sources: Sources,
  output: Operand,
  links: readonly Link[],
): ThinKernel {
  const { parameters, setup, body, args } = chainCode(links, output.shape, LANES, false);
  const written = output.type === "f32" ? "float" : "Element";
  const text = `
extern "C" __global__ __launch_bounds__(THREADS, THREADS == 64 ? 6 : 2) void product_convolution(
    const Element* x, const Element* rest, const Element* w, ${written}* y,
    Field field${parameters}) {
${setup}  float sums[8][8];
  convolve(sums, x, rest, w, field);
  Mine mine = myPlace();
#pragma unroll
  for (int r = 0; r < 8; r++) {
    int voxel = mine.voxel + r / 4 * HALF + r % 4;
    if (voxel >= field.voxels) continue;
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int channel = mine.channel + half * HALF;
      if (channel >= field.K) continue;
      Index i = (Index)voxel * field.K + channel;
      float* v = sums[r] + 4 * half;
${body}      store<LANES>(y + i, v);
    }
  }
}
`;
  const voxels = elements(y) / y[1];
  const isJoined = sources.x.rest !== undefined;
  const about = `blocks of ${side}${isJoined ? ", two tensors as one" : ""}; ` +
    (describeLinks(links, output.shape) || "bare");
  const pieces = [
    "pointwise" as const,
    { code: `constexpr int SIDE = ${side};\nconstexpr bool JOINED = ${isJoined};\n` },
    "product_convolution" as const,
    { code: text },
  ];
  const sizes = [x.slice(2), y.slice(2), window.kernel, window.stride]
    .flatMap((some) => threeAxes(some, 1));
  const channels = [x[1], w[0], firstChannels(sources.x)];
  const field = [voxels, ...channels, ...sizes, ...threeAxes(window.padBefore, 0)];
  return {
    program: { name: "product_convolution", about, pieces },
    args: [
      ...sourceArguments(sources),
      address(output.address),
      struct(field.map(i32)),
      ...args,
    ],
    grid: [Math.ceil(voxels / side), Math.ceil(w[0] / side), 1],
    block: [(side / 8) ** 2, 1],
    lanes: LANES,
    wide: false,
  };
}
