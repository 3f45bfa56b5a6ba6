/**
 * What an op is: its shape rule and its cost. Kernels live in the backends.
 *
 * Every op has one output; what would be two outputs is two ops. Tensors are N, C, (D,) H, W.
 *
 * @module
 */

import { ShapeError } from "../base/errors.ts";
import { elements, formatShape, sameShape, type Shape } from "../base/shapes.ts";

/** Work of one op: arithmetic and memory traffic. */
export interface Cost {
  /** Floating-point operations; a multiply-add counts 2, taps outside the input count nothing. */
  readonly flops: number;
  /** Bytes read and written once, parameters included, at 4 bytes an element. */
  readonly bytes: number;
}

/** The contract of an op with attributes `A`. */
export interface Op<A> {
  /** Name in graphs and tables. */
  readonly name: string;
  /** How many inputs it takes, parameters included. */
  readonly arity: { readonly min: number; readonly max: number };
  /**
   * The shape of the output.
   *
   * @throws ShapeError that names the op, the shapes and the rule
   */
  infer(inputs: readonly Shape[], attributes: A): Shape;
  /** Floating-point operations for these shapes. */
  flops(inputs: readonly Shape[], output: Shape, attributes: A): number;
}

/** Attributes of ops that have none. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Floating-point operations and bytes of one op. */
export function cost<A>(op: Op<A>, inputs: readonly Shape[], output: Shape, attributes: A): Cost {
  const moved = inputs.reduce((sum, shape) => sum + elements(shape), elements(output));
  return { flops: op.flops(inputs, output, attributes), bytes: 4 * moved };
}

/** A ShapeError that names the op, the rule and the shapes it was given. */
export function shapeError(op: string, rule: string, inputs: readonly Shape[]): ShapeError {
  const shapes = inputs.map(formatShape).join(", ");
  return new ShapeError(`${op}: ${rule}; got ${shapes}`, { details: { op, rule, shapes: inputs } });
}

/** Sizes of the spatial axes: all after N and C. */
export function spatial(shape: Shape): Shape {
  return shape.slice(2);
}

/** Throws unless `parameter` is one number a channel of `x`. */
export function requirePerChannel(
  op: string,
  what: string,
  parameter: Shape,
  inputs: readonly Shape[],
): void {
  if (parameter.length !== 1 || parameter[0] !== inputs[0][1]) {
    throw shapeError(op, `${what} must have one element a channel (${inputs[0][1]})`, inputs);
  }
}

/** An op of one tensor whose output has the input's shape, at `flopsPerElement`. */
export function unary<A>(name: string, flopsPerElement: number): Op<A> {
  return {
    name,
    arity: { min: 1, max: 1 },
    infer: ([x]) => x,
    flops: (_inputs, output) => flopsPerElement * elements(output),
  };
}

/** An op of two tensors of one rank whose sizes are equal or 1 (NumPy's broadcasting). */
export function binary(name: string): Op<NoAttributes> {
  return {
    name,
    arity: { min: 2, max: 2 },
    infer(inputs) {
      const [a, b] = inputs;
      const fits = a.length === b.length &&
        a.every((size, axis) => size === b[axis] || size === 1 || b[axis] === 1);
      if (!fits) throw shapeError(name, "sizes must be equal or 1 on every axis", inputs);
      return a.map((size, axis) => Math.max(size, b[axis]));
    },
    flops: (_inputs, output) => elements(output),
  };
}

/** Throws unless a gradient has the shape of the first input, which it is a gradient of. */
export function requireSameShape(op: string, dy: Shape, inputs: readonly Shape[]): void {
  if (!sameShape(dy, inputs[0])) throw shapeError(op, "dy must have the first shape", inputs);
}

/** Throws unless `bias` is one number an output channel. */
export function requirePerOutput(
  op: string,
  bias: Shape,
  channels: number,
  inputs: readonly Shape[],
): void {
  if (bias.length !== 1 || bias[0] !== channels) {
    throw shapeError(op, `bias must have ${channels} elements`, inputs);
  }
}
