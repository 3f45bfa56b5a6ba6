/**
 * Ops that only move channels: concatenation, repetition, parts.
 *
 * @module
 */

import type { ValueId } from "../../../../graph/graph.ts";
import type { PaddedVoxels } from "../../../../plan/plan.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { channelSlice } from "../../memory/views.ts";
import { emitPadded } from "./borders.ts";
import { emitCopyInPieces } from "./layout_copy.ts";

/** Channels of every input, one after another. */
export const concat: Lower<"concat"> = ({ name, inputs, output, padded }, lowering): void =>
  join(name, lowering, inputs, output, padded);

/** The channels, repeated. */
export const tile: Lower<"tile"> = ({ name, inputs: [x], output, attributes }, lowering) => {
  const times = attributes.channels / lowering.tensors.shape(x)[1];
  join(name, lowering, new Array<ValueId>(times).fill(x), output);
};

/** Some neighbouring channels. */
export const channel_slice: Lower<"channel_slice"> = (step, lowering) => {
  const { name, inputs: [x], output, attributes: { first, channels } } = step;
  const { tensors } = lowering;
  const slice = channelSlice(tensors.activation(x), first, channels);
  emitCopyInPieces(name, lowering, slice, tensors.activation(output));
};

/**
 * Copies every input into its channels; the library's own concat is slower on short rows, as is its
 * copy of a matrix, for which it has plain loops.
 */
function join(
  context: string,
  lowering: Lowering,
  inputs: readonly ValueId[],
  output: ValueId,
  padded?: PaddedVoxels,
): void {
  const { tensors } = lowering;
  const whole = tensors.activation(output);
  let first = 0;
  for (const id of inputs) {
    const [, channels] = tensors.shape(id);
    const slice = channelSlice(whole, first, channels);
    if (id === padded?.whole) {
      emitPadded(context, lowering, tensors.activation(padded.part), slice, padded.before);
    } else {
      emitCopyInPieces(context, lowering, tensors.activation(id), slice);
    }
    first += channels;
  }
}
