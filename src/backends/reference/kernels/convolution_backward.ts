/**
 * The gradients of a convolution, by definition.
 *
 * @module
 */

import type { ConvAttributes } from "../../../graph/ops/conv.ts";
import { type Field, type Numbers, threeAxes } from "../field.ts";

/** dx[p * stride + t - pad, c] += dy[p, o] * w[o, c, t]. */
export function convBackwardData(
  dy: Field,
  weight: Numbers,
  dx: Field,
  attributes: ConvAttributes,
): void {
  const sums = new Float64Array(dx.data.length);
  const { inner, outer, taps } = extents(dx, dy, attributes);
  everyTap(dx, dy, attributes, (to, from, tap) => {
    for (let o = 0; o < dy.C; o++) {
      const first = Math.floor(o / outer) * inner;
      const value = dy.data[from + o];
      for (let c = 0; c < inner; c++) {
        sums[to + first + c] += value * weight[(o * inner + c) * taps + tap];
      }
    }
  });
  dx.data.set(sums);
}

/** dw[o, c, t] = sum over p of dy[p, o] * x[p * stride + t - pad, c]; dw channels-last. */
export function convBackwardWeights(
  x: Field,
  dy: Field,
  dw: Field,
  attributes: ConvAttributes,
): void {
  const sums = new Float64Array(dw.data.length);
  const { inner, outer, taps } = extents(x, dy, attributes);
  everyTap(x, dy, attributes, (from, at, tap) => {
    for (let o = 0; o < dy.C; o++) {
      const first = Math.floor(o / outer) * inner;
      const value = dy.data[at + o];
      const row = (o * taps + tap) * inner;
      for (let c = 0; c < inner; c++) sums[row + c] += value * x.data[from + first + c];
    }
  });
  dw.data.set(sums);
}

function extents(x: Field, y: Field, { kernel, groups }: ConvAttributes) {
  const taps = kernel.reduce((product, size) => product * size, 1);
  return { inner: x.C / groups, outer: y.C / groups, taps };
}

/** Visits every pair of a voxel of x and one of y that a tap joins: their offsets and the tap. */
function everyTap(
  x: Field,
  y: Field,
  { kernel, stride, padBefore }: ConvAttributes,
  visit: (inX: number, inY: number, tap: number) => void,
): void {
  const [KD, KH, KW] = threeAxes(kernel, 1);
  const [sd, sh, sw] = threeAxes(stride, 1);
  const [pd, ph, pw] = threeAxes(padBefore, 0);
  let inY = 0;
  for (let n = 0; n < y.N; n++) {
    for (let d = 0; d < y.D; d++) {
      for (let h = 0; h < y.H; h++) {
        for (let w = 0; w < y.W; w++, inY += y.C) {
          for (let tap = 0; tap < KD * KH * KW; tap++) {
            const id = d * sd + Math.floor(tap / (KH * KW)) - pd;
            const ih = h * sh + Math.floor(tap / KW) % KH - ph;
            const iw = w * sw + tap % KW - pw;
            if (id < 0 || id >= x.D || ih < 0 || ih >= x.H || iw < 0 || iw >= x.W) continue;
            visit((((n * x.D + id) * x.H + ih) * x.W + iw) * x.C, inY, tap);
          }
        }
      }
    }
  }
}
