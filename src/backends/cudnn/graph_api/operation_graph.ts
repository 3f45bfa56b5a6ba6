/**
 * Operation graphs as plain data: what is asked of cuDNN, before there is a library or a device.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { DATA_BYTES, type DataType } from "../cuda/data_type.ts";
import type { PointwiseMode } from "./constants.ts";

/** Numbers of the tensors that steps bind; a result that is not stored has another. */
export const ID = { x: 1, w: 2, y: 3, bias: 4, inside: 100 } as const;

/** A tensor of a graph; memory is channels-last. */
export interface TensorSpec {
  /** Its number in the graph. */
  readonly id: number;
  /** Sizes in logical order: N, C, (D,) H, W; of weights K, C / groups, and the taps. */
  readonly dims: Shape;
  /** Type of its elements; whatever it is, operations compute in single precision. */
  readonly type: DataType;
  /** Whether it is never stored. */
  readonly virtual?: boolean;
}

/** An operation; tensors by number. */
export type Operation =
  | {
    /** A convolution, or the gradient of one: the output is y, x or w. */
    readonly kind: "forward" | "backward_data" | "backward_weights";
    readonly window: WindowAttributes;
    readonly x: number;
    readonly w: number;
    readonly y: number;
  }
  | {
    readonly kind: "pointwise";
    readonly mode: PointwiseMode;
    /** Slope of a relu below zero; default: 0. */
    readonly slope?: number;
    readonly x: number;
    /** The second operand, sizes of 1 broadcast. */
    readonly b?: number;
    readonly y: number;
  }
  | {
    readonly kind: "max_pool";
    readonly window: WindowAttributes;
    readonly x: number;
    readonly y: number;
  };

/** A graph of operations. */
export interface OperationGraph {
  readonly tensors: readonly TensorSpec[];
  /** Its operations, in order. */
  readonly operations: readonly Operation[];
  /** Whether tensor cores may be used: they read factors with 10 bits behind the first, or fewer. */
  readonly tensorCores: boolean;
}

/** A graph in a few words, such as `forward + add + relu`. */
export function describeGraph({ operations }: OperationGraph): string {
  return operations.map((one) => one.kind === "pointwise" ? one.mode : one.kind).join(" + ");
}

/** Bytes of the tensors that a graph reads and writes. */
export function bytesOfGraph({ tensors }: OperationGraph): number {
  return tensors.filter(({ virtual }) => !virtual)
    .reduce((sum, { dims, type }) => sum + elements(dims) * DATA_BYTES[type], 0);
}
