/**
 * Ops over the channels of each voxel.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { Step } from "../../../plan/plan.ts";
import { address, i32, i64 } from "../cuda/arguments.ts";
import { lanesOf } from "./copies.ts";
import type { Emitter } from "./emitter.ts";
import type { Lower } from "./kernel.ts";
import { moving } from "./work.ts";

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
    ], moving(emitter.bytesOf([...step.inputs, step.output])));
    emitter.applyEpilogue(step);
  };
}

/** The mean and the maximum over channels in one pass. */
export function channelMeanAndMax(mean: Step, max: Step, emitter: Emitter): void {
  const { tensors } = emitter;
  const [x] = mean.inputs;
  const shape = tensors.shape(x);
  const [, C] = shape;
  const voxels = elements(shape) / C;
  const ids = [x, mean.output, max.output];
  const lanes = lanesOf([C], tensors.type);
  const args = [
    ...ids.map((id) => address(tensors.activation(id))),
    i64(voxels),
    i32(C / lanes),
  ];
  const work = moving(emitter.bytesOf(ids));
  emitter.over(mean.name, "channel_ops", "channel_mean_and_max", voxels, args, work, { lanes });
}
