/**
 * Tensors in groups that share statistics, and passes over them, in single precision.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import { ALGORITHM, ARGUMENT } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import type { PostOp } from "../../library/post_ops.ts";
import { bindOperands } from "../../lowering/epilogue.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Numbers } from "../../memory/numbers.ts";
import { longRows } from "../../memory/rows.ts";
import type { Tensors } from "../../memory/tensors.ts";
import { asColumn, asRows, sample } from "../../memory/views.ts";

/** Rows of voxels by channels, in groups that share statistics. */
export interface Grouping {
  /** How many groups: samples, or one. */
  readonly groups: number;
  /** Voxels of a group. */
  readonly voxels: number;
  /** Channels. */
  readonly channels: number;
}

/** What a pass does to an element in turn: with numbers a channel, or another tensor. */
export type Operation = readonly [
  algorithm: "binary_add" | "binary_mul",
  operand: Numbers | ValueId,
];

/** A pass over the voxels of a group. */
export interface Pass {
  /** Room for numbers a channel, to be filled before it runs. */
  readonly operands: readonly Numbers[];
  /** Emits it: y is x after some operations. */
  emit(
    context: string,
    x: ValueId,
    y: ValueId,
    group: number,
    operations: readonly Operation[],
  ): void;
}

/** Makes a pass ready, with room for `count` numbers a channel. */
export function passOver(lowering: Lowering, grouping: Grouping, count: number): Pass {
  const { session, tensors } = lowering;
  const { voxels, channels } = grouping;
  const fold = longRows(voxels, channels);
  const width = fold * channels;
  const operands = Array.from({ length: count }, () => lowering.numbers([1, width, 1, 1]));
  const emit: Pass["emit"] = (context, x, y, group, operations) => {
    const view = (of: Numbers | ValueId) =>
      typeof of === "number" ? rowsOf(tensors, of, grouping, group, fold) : of.view;
    const [source, destination] = [x, y].map(view);
    const [first, ...rest] = operations.map(([algorithm, of]) => ({
      kind: "binary",
      algorithm,
      operand: view(of),
    } as const satisfies PostOp));
    using layout = session.descriptor(source);
    using other = session.descriptor(first.operand);
    lowering.emit({
      context,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_binary_primitive_desc_create(
          out,
          session.engine,
          ALGORITHM[first.algorithm],
          layout.id,
          other.id,
          layout.id,
          attributes,
        ),
      epilogue: bindOperands(rest),
      bind: () => [
        [ARGUMENT.source, lowering.memory(source)],
        [ARGUMENT.source1, lowering.memory(first.operand)],
        [ARGUMENT.destination, lowering.memory(destination)],
      ],
    });
  };
  return { operands, emit };
}

/** A group of a tensor as rows of `fold` voxels. */
export function rowsOf(
  tensors: Tensors,
  id: ValueId,
  { groups }: Grouping,
  group: number,
  fold: number,
): View {
  const whole = tensors.activation(id);
  return asRows(asColumn(groups === 1 ? whole : sample(whole, group)), fold);
}

/** How a tensor shares statistics of some shape. */
export function groupingOf(tensors: Tensors, x: ValueId, mean: ValueId): Grouping {
  const [groups, channels] = tensors.shape(mean);
  return { groups, channels, voxels: elements(tensors.shape(x)) / groups / channels };
}
