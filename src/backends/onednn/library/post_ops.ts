/**
 * What primitives do to their results before they store them, and other attributes of theirs.
 *
 * @module
 */

import { ALGORITHM, SCRATCHPAD_USER } from "./constants.ts";
import { Handle } from "./handles.ts";
import type { View } from "./layout.ts";
import { check, type Library } from "./library.ts";
import { describeLayout } from "./memory_descriptor.ts";

/** Function of each element. */
export interface Eltwise {
  readonly kind: "eltwise";
  readonly algorithm: "eltwise_relu" | "eltwise_elu" | "eltwise_logistic" | "eltwise_linear";
  /** Its parameter: the slope of a relu below zero, the scale of an elu or a line. */
  readonly alpha: number;
  /** What is added to a line; default: 0. */
  readonly beta?: number;
}

/** A tensor that an operation reads. */
export interface Operand extends View {
  /** Where it is, if it has no address yet. */
  readonly memory?: Handle;
}

/** An operation on the result of a primitive before it is stored. */
export type PostOp =
  | Eltwise
  | {
    readonly kind: "binary";
    readonly algorithm: "binary_add" | "binary_mul";
    readonly operand: Operand;
  }
  /** Slopes, one a channel. */
  | { readonly kind: "prelu"; readonly operand: Operand };

/** Mask of a value a channel: bit 1 for axis 1. */
const PER_CHANNEL = 2;

/** Attributes of a primitive: these post-ops, and a scratchpad that the caller gives. */
export function createAttributes(
  library: Library,
  context: string,
  postOps: readonly PostOp[],
): Handle {
  const { symbols } = library;
  using stack = new DisposableStack();
  const attributes = stack.use(
    Handle.create(
      library,
      "dnnl_primitive_attr_destroy",
      context,
      (out) => symbols.dnnl_primitive_attr_create(out),
    ),
  );
  check(
    symbols.dnnl_primitive_attr_set_scratchpad_mode(attributes.id, SCRATCHPAD_USER),
    "dnnl_primitive_attr_set_scratchpad_mode",
    context,
  );
  if (postOps.length > 0) {
    using list = Handle.create(
      library,
      "dnnl_post_ops_destroy",
      context,
      (out) => symbols.dnnl_post_ops_create(out),
    );
    for (const op of postOps) {
      check(append(library, list.id, op), `dnnl_post_ops_append_${op.kind}`, context);
    }
    check(
      symbols.dnnl_primitive_attr_set_post_ops(attributes.id, list.id),
      "dnnl_primitive_attr_set_post_ops",
      context,
    );
  }
  stack.move();
  return attributes;
}

function append(library: Library, list: bigint, op: PostOp): number {
  const { symbols } = library;
  switch (op.kind) {
    case "eltwise": {
      const { algorithm, alpha, beta = 0 } = op;
      return symbols.dnnl_post_ops_append_eltwise(list, ALGORITHM[algorithm], alpha, beta);
    }
    case "binary": {
      using operand = describeLayout(library, op.operand);
      return symbols.dnnl_post_ops_append_binary(list, ALGORITHM[op.algorithm], operand.id);
    }
    case "prelu":
      return symbols.dnnl_post_ops_append_prelu(list, PER_CHANNEL);
  }
}
