/**
 * The precisions of this backend, and where it has them.
 *
 * @module
 */

import type { Plan } from "../../plan/plan.ts";
import type { Precision } from "../backend.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Session } from "./graph_api/session.ts";
import { agreesWithFp32 } from "./self_test.ts";

/** What each precision means to kernels and engines. */
export const ARITHMETIC: Readonly<Partial<Record<Precision, Arithmetic>>> = {
  fp32: { type: "f32", tensorCores: false },
  tf32: { type: "f32", tensorCores: true },
  fp16: { type: "f16", tensorCores: true },
  bf16: { type: "bf16", tensorCores: true },
};

/** The least compute capability, times 10, whose tensor cores know tf32 and bf16: Ampere. */
const AMPERE = 80;

/** Versions of cuDNN, from one and below another, whose 3-D convolutions in tf32 are wrong. */
const BROKEN_TF32 = { from: 91002, below: 91600 };

/** Why a GPU does not compute in a precision; undefined where it does. */
export function unsupportedReason(session: Session, precision: Precision): string | undefined {
  const { gpu: { facts }, cudnn } = session;
  const arithmetic = ARITHMETIC[precision];
  if (!arithmetic) return "it computes on tensors of at most single precision";
  if (precision === "fp32") return undefined;
  if (precision !== "fp16" && facts.capability < AMPERE) {
    return `${facts.name} has compute capability ${facts.capability / 10}, and ${precision} ` +
      "begins with 8.0; fp16 is the fast one here";
  }
  if (agreesWithFp32(session, arithmetic)) return undefined;
  return `cuDNN ${cudnn.versionText} computes convolutions in it wrongly here; another version may ` +
    "not (deno task setup --gpu)";
}

/** Why a plan is not computed in a precision that the GPU has; undefined where it is. */
export function unsupportedPlanReason(
  { cudnn }: Pick<Session, "cudnn">,
  plan: Plan,
  precision: Precision,
): string | undefined {
  const { from, below } = BROKEN_TF32;
  if (precision !== "tf32" || cudnn.version < from || cudnn.version >= below) return undefined;
  const solid = plan.steps.some(({ attributes }) =>
    "kernel" in attributes && attributes.kernel.length === 3
  );
  return solid
    ? `cuDNN ${cudnn.versionText} computes 3-D convolutions in it wrongly; 9.16 and newer do not ` +
      "(deno task setup --gpu)"
    : undefined;
}
