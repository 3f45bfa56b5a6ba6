/**
 * Ops that only move elements: concatenation, repetition, padding.
 *
 * @module
 */

import type { ValueId } from "../../../graph/graph.ts";
import { ARGUMENT } from "../constants.ts";
import { cropRows, padRows } from "../loops.ts";
import type { Lower, Lowering, Place } from "../lowering.ts";
import { describeReorder } from "../reorder.ts";
import { channelSlice, type View } from "../views.ts";

/** Channels of every input, one after another. */
export const concat: Lower<"concat"> = ({ name, inputs, output }, lowering): void =>
  join(name, lowering, inputs, output);

/** The channels, repeated. */
export const tile: Lower<"tile"> = ({ name, inputs: [x], output, attributes }, lowering) => {
  const times = attributes.channels / lowering.tensors.shape(x)[1];
  join(name, lowering, new Array<ValueId>(times).fill(x), output);
};

/** Zeros around the voxels: row by row, each at the speed of memory. */
export const pad: Lower<"pad"> = ({ inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  lowering.loop(
    padRows(
      tensors.elements(x),
      tensors.shape(x),
      tensors.elements(output),
      tensors.shape(output),
      attributes.before,
    ),
  );
};

/** Some neighbouring channels. */
export const channel_slice: Lower<"channel_slice"> = (step, lowering) => {
  const { name, inputs: [x], output, attributes: { first, channels } } = step;
  const { tensors } = lowering;
  const slice = channelSlice(tensors.activation(x), first, channels);
  emitCopy(name, lowering, slice, lowering.place(tensors.activation(output)));
};

/** Without the outermost voxels. */
export const crop: Lower<"crop"> = ({ inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  lowering.loop(
    cropRows(
      tensors.elements(x),
      tensors.shape(x),
      tensors.elements(output),
      tensors.shape(output),
      attributes.before,
    ),
  );
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
): void {
  const { tensors } = lowering;
  const whole = tensors.activation(output);
  let first = 0;
  for (const id of inputs) {
    const source = tensors.activation(id);
    const slice = channelSlice(whole, first, source.dims[1]);
    emitCopy(context, lowering, source, lowering.place(slice));
    first += source.dims[1];
  }
}

/** Emits a copy from one layout to another. */
export function emitCopy(context: string, lowering: Lowering, from: View, to: Place): void {
  emitMove(context, lowering, lowering.place(from), to);
}

/** As {@linkcode emitCopy}, from memory that need not have an address yet. */
export function emitMove(context: string, lowering: Lowering, from: Place, to: Place): void {
  const { session } = lowering;
  using source = session.descriptor(from.layout);
  using destination = session.descriptor(to.layout);
  lowering.emit({
    context,
    describe: describeReorder(session, source.id, destination.id),
    bind: () => [[ARGUMENT.source, from.memory], [ARGUMENT.destination, to.memory]],
  });
}
