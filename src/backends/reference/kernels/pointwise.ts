/**
 * Ops that act on each element.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { Field, Numbers } from "../field.ts";

/** y = f(x). */
export function map(x: Field, y: Field, f: (value: number) => number): void {
  for (let i = 0; i < y.data.length; i++) y.data[i] = f(x.data[i]);
}

/** y = f(a, b), with axes of size 1 broadcast. */
export function zip(a: Field, b: Field, y: Field, f: (a: number, b: number) => number): void {
  const [inA, inB] = [along(a), along(b)];
  everywhere(y, (i, ...at) => y.data[i] = f(a.data[inA(...at)], b.data[inB(...at)]));
}

/** y += f at every element that falls onto it, in double precision; y has size 1 on some axes. */
export function total(x: Field, y: Field, f: (i: number) => number): void {
  const sums = new Float64Array(y.data.length);
  const inY = along(y);
  everywhere(x, (i, ...at) => sums[inY(...at)] += f(i));
  y.data.set(sums);
}

/** y = x, with axes of size 1 repeated. */
export function expand(x: Field, y: Field): void {
  const inX = along(x);
  everywhere(y, (i, ...at) => y.data[i] = x.data[inX(...at)]);
}

/** A position: sample, depth, height, width, channel. */
type Position = [n: number, d: number, h: number, w: number, c: number];

/** Index of a position in a field whose axes of size 1 stand for all positions. */
export function along({ N, C, D, H, W }: Field): (...position: Position) => number {
  return (n, d, h, w, c) =>
    ((((N === 1 ? 0 : n) * D + (D === 1 ? 0 : d)) * H + (H === 1 ? 0 : h)) * W +
        (W === 1 ? 0 : w)) * C + (C === 1 ? 0 : c);
}

/** Visits every element in the order of memory. */
export function everywhere(
  { N, C, D, H, W }: Field,
  visit: (index: number, ...position: Position) => void,
): void {
  let i = 0;
  for (let n = 0; n < N; n++) {
    for (let d = 0; d < D; d++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          for (let c = 0; c < C; c++) visit(i++, n, d, h, w, c);
        }
      }
    }
  }
}

/** y = max(x, 0) + slope * min(x, 0); the slope is one a channel or one an element. */
export function prelu(x: Field, slope: Numbers, slopeShape: Shape, y: Field): void {
  const plane = x.D * x.H * x.W;
  const perElement = slopeShape.length > 1;
  for (let i = 0; i < y.data.length; i++) {
    const c = i % x.C;
    const at = perElement ? c * plane + Math.floor(i / x.C) % plane : c;
    y.data[i] = Math.max(x.data[i], 0) + slope[at] * Math.min(x.data[i], 0);
  }
}

/** y = x * scale + shift, a number a channel each; without a shift it is 0. */
export function scaleShift(x: Field, scale: Numbers, shift: Numbers | undefined, y: Field): void {
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[i] * scale[i % x.C] + (shift?.[i % x.C] ?? 0);
  }
}

/** y[c] = exp(x[c]) / sum of exp(x), over the channels of each voxel. */
export function softmax(x: Field, y: Field): void {
  for (let at = 0; at < y.data.length; at += x.C) {
    const values = Array.from(x.data.subarray(at, at + x.C));
    const most = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - most));
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, c) => y.data[at + c] = power / sum);
  }
}

/** y[c] = x[c mod C]. */
export function tile(x: Field, y: Field): void {
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[Math.floor(i / y.C) * x.C + (i % y.C) % x.C];
  }
}

/** y[c] = x[first + c]. */
export function channelSlice(x: Field, y: Field, first: number): void {
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[Math.floor(i / y.C) * x.C + first + i % y.C];
  }
}

/** Channels of every input, one after another. */
export function concat(inputs: readonly Field[], y: Field): void {
  const voxels = elements([y.N, y.D, y.H, y.W]);
  for (let v = 0, out = 0; v < voxels; v++) {
    for (const { data, C } of inputs) {
      for (let c = 0; c < C; c++) y.data[out++] = data[v * C + c];
    }
  }
}
