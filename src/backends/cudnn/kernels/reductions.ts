/**
 * Sums, means, variances and maxima over voxels.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { Step, StepOf } from "../../../plan/plan.ts";
import { type Address, address, f32, f64, i32, i64, struct } from "../cuda/arguments.ts";
import { DATA_BYTES, type DataType, single } from "../cuda/data_type.ts";
import { channelsLastStrides, kernelOrder } from "../cuda/layout.ts";
import type { Emitter } from "./emitter.ts";
import type { Lower } from "./kernel.ts";
import { moving } from "./work.ts";

/** `enum Kind` of `native/reductions.cu`. */
const KIND = {
  plain: 0,
  squared_distance: 1,
  times_normalised: 2,
  times_negative: 3,
  maximum: 4,
} as const;

/** A reduction of every column of every group of rows. */
export interface ColumnReduction {
  /** Name of the step. */
  readonly context: string;
  /** What is added up, or that the largest is looked for. */
  readonly kind: keyof typeof KIND;
  /** The tensor, groups x rows x columns. */
  readonly x: Address;
  /** Groups of rows. */
  readonly groups: number;
  /** Rows of a group. */
  readonly rows: number;
  readonly columns: number;
  /** Element type of `x` and `other`. */
  readonly type: DataType;
  /** A second tensor of the same shape, where the kind needs one. */
  readonly other?: Address;
  /** Statistics by row, where the kind needs them. */
  readonly statistics?: Statistics;
  /** Where the results go, groups x columns. */
  readonly y: Address;
  /** Their element type. */
  readonly result: DataType;
  /** What each result is multiplied by. */
  readonly scale: number;
}

/** Mean and variance of columns. */
export interface Statistics {
  readonly mean: Address;
  /** Variances; those of the means' own tensor are not known yet. */
  readonly variance?: Address;
  /** Rows that share one; 0 where all do. */
  readonly rows: number;
  /** Added to a variance. */
  readonly epsilon: number;
}

/** Threads of a block. */
const THREADS = 256;

/** Threads of a block along the columns, at the most: neighbours in memory. */
const WIDEST = 32;

/** Blocks a multiprocessor that a reduction is split into, at the most. */
const BLOCKS_PER_MULTIPROCESSOR = 16;

/** Bytes of a part. */
const DOUBLE = 8;

/** Slot of the parts; temporaries of callers have others. */
const PARTS = 1;

/** Slot of the parts of maxima, where both are looked for. */
const MAXIMUM_PARTS = 2;

/** Groups of rows. */
type Rows = Pick<ColumnReduction, "groups" | "rows" | "columns">;

/** How the blocks of a reduction are cut, and into how many parts each column. */
function cutOf({ target: { multiprocessors } }: Emitter, { groups, rows, columns }: Rows) {
  let width = 1;
  while (width < Math.min(columns, WIDEST)) width *= 2;
  const across = Math.ceil(columns / width);
  const height = THREADS / width;
  const most = multiprocessors * BLOCKS_PER_MULTIPROCESSOR;
  const splits = Math.max(
    1,
    Math.min(Math.floor(most / (across * groups)), Math.ceil(rows / (8 * height))),
  );
  return {
    splits,
    bytes: groups * splits * columns * DOUBLE,
    grid: [across, splits, groups] as const,
    block: [width, height] as const,
  };
}

/** Emits a reduction. */
export function reduceColumns(emitter: Emitter, reduction: ColumnReduction): void {
  const { context, kind, x, type, groups, rows, columns, other = 0n, statistics } = reduction;
  const { splits, bytes, grid, block } = cutOf(emitter, reduction);
  const parts = emitter.scratch(bytes, PARTS);
  const { mean = 0n, variance = 0n, rows: statistic = 0, epsilon = 0 } = statistics ?? {};
  emitter.launch({
    context,
    program: "reductions",
    kernel: "reduce_columns",
    type,
    args: [
      ...[x, other, mean, variance, parts].map(address),
      struct([i64(rows), i64(columns), i64(statistic), i32(KIND[kind]), f32(epsilon)]),
    ],
    grid,
    block,
    work: {
      kind: "reduction",
      bytes: groups * rows * columns * DATA_BYTES[type] * (other === 0n ? 1 : 2),
      flops: 0,
    },
  });
  joinParts(emitter, reduction, parts, splits);
}

/** Emits what makes the results of a reduction's parts. */
function joinParts(
  emitter: Emitter,
  { context, kind, groups, columns, y, result, scale }:
    & Rows
    & Pick<ColumnReduction, "context" | "kind" | "y" | "result" | "scale">,
  parts: Address,
  splits: number,
): void {
  const n = groups * columns;
  emitter.over(
    context,
    "reductions",
    "join_parts",
    n,
    [
      address(parts),
      address(y),
      i64(n),
      i32(splits),
      i64(columns),
      i32(kind === "maximum" ? 1 : 0),
      f64(scale),
    ],
    moving(n * splits * DOUBLE),
    { type: result },
  );
}

/** Rows and columns of a tensor with one group for each sample. */
function bySample([N, C, ...spatial]: Shape) {
  return { groups: N, rows: elements(spatial), columns: C };
}

/** Rows and columns of a tensor for statistics of a shape: of each sample, or of all. */
export function like(statistic: Shape, [N, C, ...spatial]: Shape) {
  return statistic[0] === N
    ? bySample([N, C, ...spatial])
    : { groups: 1, rows: N * elements(spatial), columns: C };
}

/** The mean or maximum of every channel of every sample. */
export function globalPool<K extends "global_avg_pool" | "global_max_pool">(
  kind: "plain" | "maximum",
): Lower<K> {
  return (step: StepOf<K>, emitter) => {
    const { tensors } = emitter;
    const [x] = step.inputs;
    const view = bySample(tensors.shape(x));
    reduceColumns(emitter, {
      context: step.name,
      kind,
      x: tensors.activation(x),
      type: tensors.typeOf(x),
      ...view,
      y: tensors.activation(step.output),
      result: tensors.typeOf(step.output),
      scale: kind === "plain" ? 1 / view.rows : 1,
    });
    emitter.applyEpilogue(step);
  };
}

/** The mean and the maximum of every channel of every sample in one pass. */
export function globalMeanAndMax(mean: Step, max: Step, emitter: Emitter): void {
  const { tensors } = emitter;
  const [x] = mean.inputs;
  const view = bySample(tensors.shape(x));
  const { splits, bytes, grid, block } = cutOf(emitter, view);
  const [sums, maxima] = [PARTS, MAXIMUM_PARTS].map((slot) => emitter.scratch(bytes, slot));
  emitter.launch({
    context: mean.name,
    program: "reductions",
    kernel: "reduce_sums_and_maxima",
    type: tensors.typeOf(x),
    args: [
      ...[tensors.activation(x), sums, maxima].map(address),
      i64(view.rows),
      i64(view.columns),
    ],
    grid,
    block,
    work: { kind: "reduction", bytes: emitter.bytesOf([x]), flops: 0 },
  });
  const results = [
    { step: mean, kind: "plain", parts: sums, scale: 1 / view.rows },
    { step: max, kind: "maximum", parts: maxima, scale: 1 },
  ] as const;
  for (const { step: { name: context, output }, kind, parts, scale } of results) {
    const [y, result] = [tensors.activation(output), tensors.typeOf(output)];
    joinParts(emitter, { context, kind, y, result, scale, ...view }, parts, splits);
  }
}

export const sum: Lower<"sum"> = (step, emitter) => {
  const { tensors } = emitter;
  const [x] = step.inputs;
  const shape = tensors.shape(x);
  const summed = new Set(step.attributes.axes);
  const view = columnsOf(shape, summed);
  const [from, to] = [tensors.activation(x), tensors.activation(step.output)];
  if (view) {
    reduceColumns(emitter, {
      context: step.name,
      kind: "plain",
      x: from,
      type: tensors.typeOf(x),
      ...view,
      y: to,
      result: tensors.typeOf(step.output),
      scale: 1,
    });
  } else {
    const box = (keep: (axis: number) => boolean) => {
      const sizes = shape.map((size, axis) => (keep(axis) ? size : 1));
      const members = [kernelOrder(sizes, 1), kernelOrder(channelsLastStrides(shape), 0)];
      return struct(members.flat().map(i64));
    };
    const n = elements(tensors.shape(step.output));
    emitter.launch({
      context: step.name,
      program: "reductions",
      kernel: "sum_boxes",
      type: tensors.typeOf(x),
      args: [
        address(from),
        address(to),
        i32(single(tensors.typeOf(step.output))),
        i64(n),
        i64(elements(shape) / n),
        box((axis) => !summed.has(axis)),
        box((axis) => summed.has(axis)),
      ],
      grid: [n, 1, 1],
      block: [64, 1],
      work: { kind: "reduction", bytes: emitter.bytesOf([x, step.output]), flops: 0 },
    });
  }
  emitter.applyEpilogue(step);
};

/** How sums over some axes are columns; undefined where they are not. */
function columnsOf(shape: Shape, summed: ReadonlySet<number>) {
  const [N, C, ...spatial] = shape;
  const kept = (axis: number) => !summed.has(axis) && shape[axis] > 1;
  if (spatial.some((_, axis) => kept(axis + 2))) return undefined;
  const voxels = elements(spatial);
  const groups = kept(0) ? N : 1;
  const samples = kept(0) ? 1 : N;
  return kept(1)
    ? { groups, rows: samples * voxels, columns: C }
    : { groups, rows: samples * voxels * C, columns: 1 };
}

/** The gradient for slopes: sums of dy * min(x, 0). */
export const preluBackwardSlope: Lower<"prelu_backward_slope"> = (step, emitter) => {
  const { tensors } = emitter;
  const [x, dy] = step.inputs;
  const shape = tensors.shape(x);
  const columns = elements(tensors.shape(step.output));
  reduceColumns(emitter, {
    context: step.name,
    kind: "times_negative",
    x: tensors.activation(x),
    other: tensors.activation(dy),
    type: tensors.typeOf(x),
    groups: 1,
    rows: elements(shape) / columns,
    columns,
    y: tensors.activation(step.output),
    result: tensors.typeOf(step.output),
    scale: 1,
  });
  emitter.applyEpilogue(step);
};
