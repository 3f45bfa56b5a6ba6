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
  const along = (field: Field) => {
    const { N, C, D, H, W } = field;
    return (n: number, d: number, h: number, w: number, c: number) =>
      ((((N === 1 ? 0 : n) * D + (D === 1 ? 0 : d)) * H + (H === 1 ? 0 : h)) * W +
          (W === 1 ? 0 : w)) * C + (C === 1 ? 0 : c);
  };
  const [inA, inB] = [along(a), along(b)];
  let i = 0;
  for (let n = 0; n < y.N; n++) {
    for (let d = 0; d < y.D; d++) {
      for (let h = 0; h < y.H; h++) {
        for (let w = 0; w < y.W; w++) {
          for (let c = 0; c < y.C; c++) {
            y.data[i++] = f(a.data[inA(n, d, h, w, c)], b.data[inB(n, d, h, w, c)]);
          }
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

/** y = x * scale + shift, a number a channel each. */
export function scaleShift(x: Field, scale: Numbers, shift: Numbers, y: Field): void {
  for (let i = 0; i < y.data.length; i++) {
    y.data[i] = x.data[i] * scale[i % x.C] + shift[i % x.C];
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

/** Channels of every input, one after another. */
export function concat(inputs: readonly Field[], y: Field): void {
  const voxels = elements([y.N, y.D, y.H, y.W]);
  for (let v = 0, out = 0; v < voxels; v++) {
    for (const { data, C } of inputs) {
      for (let c = 0; c < C; c++) y.data[out++] = data[v * C + c];
    }
  }
}
