/**
 * The precisions of this backend, and where it has them.
 *
 * @module
 */

import type { Precision } from "../backend.ts";
import { computesBf16 } from "./bf16.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Session } from "./graph_api/session.ts";

/** What each precision means to kernels and engines. */
export const ARITHMETIC: Readonly<Partial<Record<Precision, Arithmetic>>> = {
  fp32: { type: "f32", tensorCores: false },
  tf32: { type: "f32", tensorCores: true },
  fp16: { type: "f16", tensorCores: true },
  bf16: { type: "bf16", tensorCores: true },
};

/** The least compute capability, times 10, whose tensor cores know tf32 and bf16: Ampere. */
const AMPERE = 80;

/** Why a GPU does not compute in a precision; undefined where it does. */
export function unsupportedReason(session: Session, precision: Precision): string | undefined {
  const { gpu: { facts: gpu }, cudnn } = session;
  if (!ARITHMETIC[precision]) return "it computes on tensors of at most single precision";
  if (precision === "fp32" || precision === "fp16") return undefined;
  if (gpu.capability < AMPERE) {
    return `${gpu.name} has compute capability ${gpu.capability / 10}, and ${precision} begins ` +
      "with 8.0; fp16 is the fast one here";
  }
  if (precision === "tf32" || computesBf16(session)) return undefined;
  return `cuDNN ${cudnn.versionText} computes convolutions in it wrongly here; 9.15 does not ` +
    "(deno task setup --gpu)";
}
