/**
 * What the gradient of an op is: other ops, applied to what the node read, made and was given.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import type { ValueId } from "../graph.ts";
import type { OpAttributes, OpName } from "../ops/mod.ts";

/** A node of op `K` in a graph, seen from its output's gradient. */
export interface Site<K extends OpName> {
  /** The node's attributes. */
  readonly attributes: OpAttributes[K];
  /** What the node reads. */
  readonly inputs: readonly ValueId[];
  /** What the node makes. */
  readonly output: ValueId;
  /** The gradient of what it makes, of the same shape. */
  readonly dy: ValueId;
  /** Shape of a value. */
  shape(id: ValueId): Shape;
  /** Applies an op. */
  apply<P extends OpName>(
    op: P,
    inputs: readonly ValueId[],
    attributes: OpAttributes[P],
  ): ValueId;
}

/** Makes the gradient of one input: called only where it is wanted. */
export type Pull = () => ValueId;

/**
 * The gradients of a node, one for each input in order; null where none flows. A gradient has the
 * elements of its input in the same order, and its shape but for axes of size 1.
 */
export type Differentiable<K extends OpName> = (site: Site<K>) => readonly (Pull | null)[];

/** Why an op has no gradient. */
export interface NotDifferentiable {
  /** The reason, in one sentence. */
  readonly reason: string;
}

/** The gradient of an op, or why it has none. */
export type Gradient<K extends OpName> = Differentiable<K> | NotDifferentiable;

/** Axes of a tensor but the channels. */
export function allButChannels(shape: Shape): number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

/** The sum of a gradient over the axes along which a value was broadcast. */
export function sumTo<K extends OpName>(site: Site<K>, dy: ValueId, shape: Shape): ValueId {
  const axes = site.shape(dy).flatMap((size, axis) => (size === shape[axis] ? [] : [axis]));
  return axes.length === 0 ? dy : site.apply("sum", [dy], { axes });
}

/** The sum of a gradient over everything but the channels. */
export function sumToChannels<K extends OpName>(site: Site<K>, dy: ValueId): ValueId {
  return site.apply("sum", [dy], { axes: allButChannels(site.shape(dy)) });
}

/** A multiple of a value. */
export function scaled<K extends OpName>(site: Site<K>, x: ValueId, scale: number): ValueId {
  return scale === 1 ? x : site.apply("affine", [x], { scale, shift: 0 });
}
