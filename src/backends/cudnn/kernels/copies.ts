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
import type { Operand } from "./chain_code.ts";
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
  readonly x: Operand;
  readonly from: number;
  readonly y: Operand;
  readonly to: number;
  readonly count: number;
}

function copyChannels(
  context: string,
  emitter: Emitter,
  { x, from, y, to, count }: Move,
): void {
  const { tensors } = emitter;
  const [[, xC], [, yC]] = [x.shape, y.shape];
  const voxels = elements(x.shape) / xC;
  const lanes = lanesOf([xC, from, yC, to, count], tensors.type);
  const args = [
    address(x.address),
    address(y.address),
    i64(voxels),
    ...[xC, from, yC, to, count].map((one) => i32(one / lanes)),
  ];
  const work = moving(2 * voxels * count * DATA_BYTES[tensors.type]);
  const packs = voxels * count / lanes;
  emitter.over(context, "copies", "copy_channels", packs, args, work, { lanes });
}

/** y[c] = x[c mod C]. */
export const tile: Lower<"tile"> = (step, emitter) => {
  const [x, y] = [step.inputs[0], step.output].map((id) => emitter.activation(id));
  const { name } = step;
  const [, count] = x.shape;
  for (let to = 0; to < step.attributes.channels; to += count) {
    copyChannels(name, emitter, { x, from: 0, y, to, count });
  }
  emitter.applyEpilogue(step);
};

/** The channels of some tensors, one after another. */
export function joinChannels(
  context: string,
  emitter: Emitter,
  parts: readonly ValueId[],
  y: Operand,
): void {
  let to = 0;
  for (const id of parts) {
    const x = emitter.activation(id);
    const [, count] = x.shape;
    copyChannels(context, emitter, { x, from: 0, y, to, count });
    to += count;
  }
}

/** The channels of every input, one after another. */
export const concat: Lower<"concat"> = (step, emitter) => {
  joinChannels(step.name, emitter, step.inputs, emitter.activation(step.output));
  emitter.applyEpilogue(step);
};

/** Some neighbouring channels. */
export const channelSlice: Lower<"channel_slice"> = (step, emitter) => {
  const { first: from, channels: count } = step.attributes;
  const [x, y] = [step.inputs[0], step.output].map((id) => emitter.activation(id));
  copyChannels(step.name, emitter, { x, from, y, to: 0, count });
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
