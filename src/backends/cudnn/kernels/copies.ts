/**
 * Ops that move elements: tiling, joining and cutting channels, padding and cropping.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { StepOf } from "../../../plan/plan.ts";
import { address, i32, i64, struct } from "../cuda/arguments.ts";
import { DATA_BYTES, type DataType } from "../cuda/data_type.ts";
import { kernelOrder } from "../cuda/layout.ts";
import type { Emitter } from "./emitter.ts";
import type { Lower } from "./kernel.ts";
import { moving } from "./work.ts";

/** Bytes that a thread reads and writes at once. */
const PACK = 16;

/** Elements that a thread can move at once where all of some counts are whole packs. */
export function lanesOf(counts: readonly number[], type: DataType): number {
  const most = PACK / DATA_BYTES[type];
  return [8, 4, 2, 1].find((some) => some <= most && counts.every((one) => one % some === 0))!;
}

/** Some channels of one tensor that become channels of another. */
interface Move {
  readonly x: ValueId;
  readonly from: number;
  readonly y: ValueId;
  readonly to: number;
  readonly count: number;
}

function copyChannels(
  context: string,
  emitter: Emitter,
  { x, from, y, to, count }: Move,
): void {
  const { tensors } = emitter;
  const [[, xC], [, yC]] = [tensors.shape(x), tensors.shape(y)];
  const voxels = elements(tensors.shape(x)) / xC;
  const lanes = lanesOf([xC, from, yC, to, count], tensors.type);
  const args = [
    address(tensors.activation(x)),
    address(tensors.activation(y)),
    i64(voxels),
    ...[xC, from, yC, to, count].map((one) => i32(one / lanes)),
  ];
  const work = moving(2 * voxels * count * DATA_BYTES[tensors.type]);
  const packs = voxels * count / lanes;
  emitter.over(context, "copies", "copy_channels", packs, args, work, { lanes });
}

/** y[c] = x[c mod C]. */
export const tile: Lower<"tile"> = (step, emitter) => {
  const [x] = step.inputs;
  const { name, output: y } = step;
  const [, count] = emitter.tensors.shape(x);
  for (let to = 0; to < step.attributes.channels; to += count) {
    copyChannels(name, emitter, { x, from: 0, y, to, count });
  }
  emitter.applyEpilogue(step);
};

/** The channels of every input, one after another. */
export const concat: Lower<"concat"> = (step, emitter) => {
  let to = 0;
  for (const x of step.inputs) {
    const [, count] = emitter.tensors.shape(x);
    copyChannels(step.name, emitter, { x, from: 0, y: step.output, to, count });
    to += count;
  }
  emitter.applyEpilogue(step);
};

/** Some neighbouring channels. */
export const channelSlice: Lower<"channel_slice"> = (step, emitter) => {
  const { first: from, channels: count } = step.attributes;
  const [x] = step.inputs;
  copyChannels(step.name, emitter, { x, from, y: step.output, to: 0, count });
  emitter.applyEpilogue(step);
};

/**
 * y = x, seen from some voxels before its first, or after it.
 *
 * @param first where the first voxel of y lies in x, an entry a spatial axis
 */
function shift(
  step: StepOf<"pad"> | StepOf<"crop">,
  emitter: Emitter,
  first: readonly number[],
): void {
  const { tensors } = emitter;
  const [x] = step.inputs;
  const [from, to] = [tensors.shape(x), tensors.shape(step.output)];
  const places = (shape: readonly number[]) => kernelOrder(shape, 1).slice(1, 4);
  const corner = kernelOrder([0, 0, ...first], 0).slice(1, 4);
  const n = elements(to);
  emitter.over(step.name, "copies", "shift", n, [
    address(tensors.activation(x)),
    address(tensors.activation(step.output)),
    i64(n),
    struct([to[1], ...places(from), ...places(to), ...corner].map(i32)),
  ], moving(2 * n * DATA_BYTES[tensors.type]));
  emitter.applyEpilogue(step);
}

/** Zeros around the spatial axes. */
export const pad: Lower<"pad"> = (step, emitter) =>
  shift(step, emitter, step.attributes.before.map((size) => -size));

/** Fewer voxels around. */
export const crop: Lower<"crop"> = (step, emitter) => shift(step, emitter, step.attributes.before);
