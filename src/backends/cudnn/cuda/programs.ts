/**
 * The CUDA programs of this backend: their sources and their kernels.
 *
 * @module
 */

import channelOps from "../../../../native/channel_ops.cu" with { type: "text" };
import copies from "../../../../native/copies.cu" with { type: "text" };
import pointwise from "../../../../native/pointwise.cu" with { type: "text" };
import prelude from "../../../../native/prelude.cu" with { type: "text" };
import reductions from "../../../../native/reductions.cu" with { type: "text" };
import scan from "../../../../native/scan.cu" with { type: "text" };
import slidingWindows from "../../../../native/sliding_windows.cu" with { type: "text" };
import training from "../../../../native/training.cu" with { type: "text" };

import type { DataType } from "./data_type.ts";

/** Every program: each is compiled as a whole, when one of its kernels is first needed. */
export const PROGRAMS = {
  pointwise: { source: pointwise, kernels: ["chain"] },
  copies: {
    source: copies,
    kernels: ["to_channels_last", "from_channels_last", "copy_channels", "shift"],
  },
  channel_ops: {
    source: channelOps,
    kernels: ["softmax", "channel_mean", "channel_max", "channel_max_backward"],
  },
  sliding_windows: {
    source: slidingWindows,
    kernels: ["max_pool", "max_pool_backward", "direct_forward", "direct_backward_data"],
  },
  reductions: {
    source: reductions,
    kernels: ["reduce_columns", "join_parts", "sum_boxes", "direct_backward_weights"],
  },
  scan: {
    source: scan,
    kernels: ["window_rows", "fill_input", "stitch", "stretch_rows", "make_mask"],
  },
  training: { source: training, kernels: ["adam", "pack_parameter", "carry"] },
} as const satisfies Readonly<
  Record<string, { readonly source: string; readonly kernels: readonly string[] }>
>;

/** `ELEMENT` in `native/prelude.cu`. */
const ELEMENT: Readonly<Record<DataType, number>> = { f32: 0, f16: 1, bf16: 2 };

/** The source of a program for an element type. */
export function sourceOf(program: ProgramName, type: DataType): string {
  const head = `#define ELEMENT ${ELEMENT[type]}\n${prelude}`;
  return `${head}#line 1 "${program}.cu"\n${PROGRAMS[program].source}`;
}

export type ProgramName = keyof typeof PROGRAMS;

/** Names of the kernels of a program. */
export type Program<P extends ProgramName> = (typeof PROGRAMS)[P]["kernels"][number];
