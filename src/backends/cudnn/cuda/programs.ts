/**
 * The CUDA programs of this backend: their sources and their kernels.
 *
 * @module
 */

import channelOps from "../../../../native/channel_ops.cu" with { type: "text" };
import copies from "../../../../native/copies.cu" with { type: "text" };
import pointwise from "../../../../native/pointwise.cu" with { type: "text" };
import prelude from "../../../../native/prelude.cu" with { type: "text" };
import productConvolution from "../../../../native/product_convolution.cu" with { type: "text" };
import reductions from "../../../../native/reductions.cu" with { type: "text" };
import scan from "../../../../native/scan.cu" with { type: "text" };
import slidingWindows from "../../../../native/sliding_windows.cu" with { type: "text" };
import tensorConvolution from "../../../../native/tensor_convolution.cu" with { type: "text" };
import thinConvolution from "../../../../native/thin_convolution.cu" with { type: "text" };
import training from "../../../../native/training.cu" with { type: "text" };

import type { DataType } from "./data_type.ts";

/** Every program: each is compiled as a whole, when one of its kernels is first needed. */
export const PROGRAMS = {
  copies: {
    source: copies,
    kernels: ["to_channels_last", "from_channels_last", "copy_channels", "shift"],
  },
  channel_ops: {
    source: channelOps,
    kernels: [
      "softmax",
      "channel_mean",
      "channel_max",
      "channel_mean_and_max",
      "channel_max_backward",
    ],
  },
  sliding_windows: {
    source: slidingWindows,
    kernels: ["max_pool", "max_pool_backward", "direct_forward", "direct_backward_data"],
  },
  reductions: {
    source: reductions,
    kernels: [
      "reduce_columns",
      "reduce_sums_and_maxima",
      "join_parts",
      "sum_boxes",
      "direct_backward_weights",
    ],
  },
  scan: {
    source: scan,
    kernels: ["window_rows", "fill_input", "stitch", "stretch_rows", "make_mask"],
  },
  training: { source: training, kernels: ["adam", "pack_parameter", "carry"] },
} as const satisfies Readonly<
  Record<string, { readonly source: string; readonly kernels: readonly string[] }>
>;

/** What generated programs are written on top of. */
const PARTS = {
  pointwise,
  product_convolution: productConvolution,
  tensor_convolution: tensorConvolution,
  thin_convolution: thinConvolution,
};

/** A program that is written for what it computes: it has one kernel. */
export interface Generated {
  /** Name of the kernel, and of the program in messages. */
  readonly name: string;
  /** What tells it from others of its name, for people. */
  readonly about: string;
  /** Files of `native/` and what is written between and behind them, in order. */
  readonly pieces: readonly (keyof typeof PARTS | { readonly code: string })[];
}

/** `ELEMENT` in `native/prelude.cu`. */
const ELEMENT: Readonly<Record<DataType, number>> = { f32: 0, f16: 1, bf16: 2 };

/** For what a program is compiled. */
export interface Variant {
  readonly type: DataType;
  /** Whether an index takes 64 bits; default: 32 suffice. */
  readonly wide?: boolean;
  /** Elements that a kernel that can moves at once; default: 1. */
  readonly lanes?: number;
}

/** The source of a program for an element type. */
export function sourceOf(program: ProgramName, variant: Variant): string {
  return withPrelude([[`${program}.cu`, PROGRAMS[program].source]], variant);
}

/** The source of a program that is written for what it computes, for an element type. */
export function generatedSource({ name, pieces }: Generated, variant: Variant): string {
  const files = pieces.map((piece) =>
    typeof piece === "string"
      ? [`${piece}.cu`, PARTS[piece]] as const
      : [`${name} (generated)`, piece.code] as const
  );
  return withPrelude(files, variant);
}

function withPrelude(
  files: readonly (readonly [name: string, text: string])[],
  { type, wide = false, lanes = 1 }: Variant,
): string {
  const head = [
    `#define ELEMENT ${ELEMENT[type]}`,
    `typedef ${wide ? "long long" : "int"} Index;`,
    `constexpr int LANES = ${lanes};`,
    "",
  ].join("\n");
  const numbered = files.map(([name, text]) => `#line 1 "${name}"\n${text}`);
  return [`${head}${prelude}`, ...numbered].join("");
}

export type ProgramName = keyof typeof PROGRAMS;

/** Names of the kernels of a program. */
export type Program<P extends ProgramName> = (typeof PROGRAMS)[P]["kernels"][number];
