/**
 * The work of a kernel: what it moves and computes, for predicting how long it takes.
 *
 * @module
 */

/** What a kernel is made of, as far as its speed hangs on it. */
export type Kind =
  /** Moves memory, a little arithmetic aside. */
  | "stream"
  /** Adds up what it reads. */
  | "reduction"
  /** Our own convolution of few channels. */
  | "thin"
  /** The same on tensor cores. */
  | "tensor"
  /** Our own convolution of many channels, as a product of matrices. */
  | "product"
  /** A convolution of cuDNN's. */
  | "engine"
  /** A convolution by definition. */
  | "definition";

/** The work of one kernel. */
export interface Work {
  readonly kind: Kind;
  /** Bytes that it reads and writes, each once. */
  readonly bytes: number;
  /** Floating-point operations; those of taps outside the input do not count. */
  readonly flops: number;
  /** Channels that a convolution reads and writes, in a group. */
  readonly channels?: readonly [C: number, K: number];
}

/** The work of a kernel with what it is called. */
export interface NamedWork extends Work {
  readonly kernel: string;
}

/** Work that does nothing but move so many bytes. */
export const moving = (bytes: number): Work => ({ kind: "stream", bytes, flops: 0 });
