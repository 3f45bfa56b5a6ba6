/**
 * Ops that move elements: tiling, joining and cutting channels, padding and cropping.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { StepOf } from "../../../plan/plan.ts";
import { address, i32, i64, struct } from "../arguments.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { kernelOrder } from "../chain.ts";

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
  lowering: Lowering,
  { x, from, y, to, count }: Move,
): void {
  const { tensors } = lowering;
  const [[, xC], [, yC]] = [tensors.shape(x), tensors.shape(y)];
  const voxels = elements(tensors.shape(x)) / xC;
  lowering.over(context, "copies", "copy_channels", voxels * count, [
    address(tensors.activation(x)),
    address(tensors.activation(y)),
    i64(voxels),
    ...[xC, from, yC, to, count].map(i32),
  ]);
}

/** y[c] = x[c mod C]. */
export const tile: Lower<"tile"> = (step, lowering) => {
  const [x] = step.inputs;
  const { name, output: y } = step;
  const [, count] = lowering.tensors.shape(x);
  for (let to = 0; to < step.attributes.channels; to += count) {
    copyChannels(name, lowering, { x, from: 0, y, to, count });
  }
  lowering.applyEpilogue(step);
};

/** The channels of every input, one after another. */
export const concat: Lower<"concat"> = (step, lowering) => {
  let to = 0;
  for (const x of step.inputs) {
    const [, count] = lowering.tensors.shape(x);
    copyChannels(step.name, lowering, { x, from: 0, y: step.output, to, count });
    to += count;
  }
  lowering.applyEpilogue(step);
};

/** Some neighbouring channels. */
export const channelSlice: Lower<"channel_slice"> = (step, lowering) => {
  const { first: from, channels: count } = step.attributes;
  const [x] = step.inputs;
  copyChannels(step.name, lowering, { x, from, y: step.output, to: 0, count });
  lowering.applyEpilogue(step);
};

/**
 * y = x, seen from some voxels before its first, or after it.
 *
 * @param first where the first voxel of y lies in x, an entry a spatial axis
 */
function shift(
  step: StepOf<"pad"> | StepOf<"crop">,
  lowering: Lowering,
  first: readonly number[],
): void {
  const { tensors } = lowering;
  const [x] = step.inputs;
  const [from, to] = [tensors.shape(x), tensors.shape(step.output)];
  const places = (shape: readonly number[]) => kernelOrder(shape, 1).slice(1, 4);
  const corner = kernelOrder([0, 0, ...first], 0).slice(1, 4);
  const n = elements(to);
  lowering.over(step.name, "copies", "shift", n, [
    address(tensors.activation(x)),
    address(tensors.activation(step.output)),
    i64(n),
    struct([to[1], ...places(from), ...places(to), ...corner].map(i32)),
  ]);
  lowering.applyEpilogue(step);
}

/** Zeros around the spatial axes. */
export const pad: Lower<"pad"> = (step, lowering) =>
  shift(step, lowering, step.attributes.before.map((size) => -size));

/** Fewer voxels around. */
export const crop: Lower<"crop"> = (step, lowering) =>
  shift(step, lowering, step.attributes.before);
