/**
 * Ops over the channels of each voxel.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import { address, i32, i64 } from "../cuda/arguments.ts";
import type { Lower } from "./kernel.ts";

/** An op whose kernel has its name and reads its inputs in order. */
export function channelOp<
  K extends "softmax" | "channel_mean" | "channel_max" | "channel_max_backward",
>(kernel: K): Lower<K> {
  return (step, emitter) => {
    const { tensors } = emitter;
    const shape = tensors.shape(step.inputs[0]);
    const [, C] = shape;
    const voxels = elements(shape) / C;
    emitter.over(step.name, "channel_ops", kernel, voxels, [
      ...[...step.inputs, step.output].map((id) => address(tensors.activation(id))),
      i64(voxels),
      i32(C),
    ]);
    emitter.applyEpilogue(step);
  };
}
