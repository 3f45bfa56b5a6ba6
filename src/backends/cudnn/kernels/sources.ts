/**
 * What convolutions of ours read: a tensor, or two that stand beside each other, and weights.
 *
 * @module
 */

import { address, type Argument } from "../cuda/arguments.ts";
import type { Operand } from "./chain_code.ts";

/** Where a convolution has what it reads. */
export interface Sources {
  /** What is convolved; its last channels may be in a tensor of their own. */
  readonly x: Operand;
  /** Address of the weights. */
  readonly w: bigint;
}

/** The arguments for what is read; where x is one tensor, it stands for the second as well. */
export function sourceArguments({ x, w }: Sources): Argument[] {
  return [x.address, (x.rest ?? x).address, w].map(address);
}

/** Channels that are in the first tensor of an operand. */
export function firstChannels({ shape, rest }: Operand): number {
  return shape[1] - (rest?.channels ?? 0);
}

/** Channels in a few words, such as `8` or `4 beside 4`. */
export function describeChannels(x: Operand): string {
  return x.rest ? `${firstChannels(x)} beside ${x.rest.channels}` : `${x.shape[1]}`;
}
