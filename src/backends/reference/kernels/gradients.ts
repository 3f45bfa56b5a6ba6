/**
 * Statistics of a batch, and the gradients that have kernels of their own.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { type Field, type Numbers, threeAxes, voxels } from "../field.ts";
import { along, everywhere, total } from "./pointwise.ts";

/** y = the mean of (x - mean)^2 over the axes on which y has size 1. */
export function variance(x: Field, mean: Field, y: Field): void {
  const centre = valuesAlong(mean, x);
  total(x, y, (i) => (x.data[i] - centre[i]) ** 2 * y.data.length / x.data.length);
}

/** What a normalisation reads besides x. */
export interface Statistics {
  /** A mean a channel, for each sample or for all. */
  readonly mean: Field;
  /** A variance likewise. */
  readonly variance: Field;
  /** Added to the variance. */
  readonly epsilon: number;
}

/** y = gamma * h + beta, with h = (x - mean) / sqrt(variance + epsilon). */
export function normalise(
  x: Field,
  statistics: Statistics,
  gamma: Numbers,
  beta: Numbers,
  y: Field,
): void {
  const h = normalised(x, statistics);
  for (let i = 0; i < h.length; i++) y.data[i] = gamma[i % x.C] * h[i] + beta[i % x.C];
}

/** dx = gamma * r * (dy - mean of dy - h * mean of dy * h). */
export function normaliseBackward(
  x: Field,
  statistics: Statistics,
  gamma: Numbers,
  dy: Field,
  dx: Field,
): void {
  const h = normalised(x, statistics);
  const { mean, variance, epsilon } = statistics;
  const each = (): Field => ({ ...mean, data: new Float64Array(mean.data.length) });
  const [plain, weighted] = [each(), each()];
  const share = mean.data.length / x.data.length;
  total(x, plain, (i) => dy.data[i] * share);
  total(x, weighted, (i) => dy.data[i] * h[i] * share);
  const at = along(mean);
  everywhere(x, (i, ...position) => {
    const s = at(...position);
    const scale = gamma[i % x.C] / Math.sqrt(variance.data[s] + epsilon);
    dx.data[i] = scale * (dy.data[i] - plain.data[s] - h[i] * weighted.data[s]);
  });
}

/** The sum of dy * h over samples and voxels. */
export function normaliseBackwardScale(
  x: Field,
  statistics: Statistics,
  dy: Field,
  y: Field,
): void {
  const h = normalised(x, statistics);
  total(x, y, (i) => dy.data[i] * h[i]);
}

function normalised(x: Field, { mean, variance, epsilon }: Statistics): Float64Array {
  const [centre, spread] = [valuesAlong(mean, x), valuesAlong(variance, x)];
  return centre.map((value, i) => (x.data[i] - value) / Math.sqrt(spread[i] + epsilon));
}

/** A field with its axes of size 1 repeated to the size of another. */
function valuesAlong(from: Field, like: Field): Float64Array {
  const values = new Float64Array(like.data.length);
  const at = along(from);
  everywhere(like, (i, ...position) => values[i] = from.data[at(...position)]);
  return values;
}

/** dx = the sum of the dy whose window has its first maximum here. */
export function maxPoolBackward(
  x: Field,
  dy: Field,
  dx: Field,
  { kernel, stride, padBefore }: WindowAttributes,
): void {
  const [KD, KH, KW] = threeAxes(kernel, 1);
  const [sd, sh, sw] = threeAxes(stride, 1);
  const [pd, ph, pw] = threeAxes(padBefore, 0);
  const sums = new Float64Array(dx.data.length);
  everywhere(dy, (i, n, d, h, w, c) => {
    let [most, first] = [-Infinity, -1];
    for (let t = 0; t < KD * KH * KW; t++) {
      const id = d * sd + Math.floor(t / (KH * KW)) - pd;
      const ih = h * sh + Math.floor(t / KW) % KH - ph;
      const iw = w * sw + t % KW - pw;
      if (id < 0 || id >= x.D || ih < 0 || ih >= x.H || iw < 0 || iw >= x.W) continue;
      const at = (((n * x.D + id) * x.H + ih) * x.W + iw) * x.C + c;
      if (first < 0 || x.data[at] > most) [most, first] = [x.data[at], at];
    }
    sums[first] += dy.data[i];
  });
  dx.data.set(sums);
}

/** dx = dy at the first channel that has the maximum. */
export function channelMaxBackward(x: Field, dy: Field, dx: Field): void {
  dx.data.fill(0);
  for (let v = 0; v < voxels(x); v++) {
    let first = 0;
    for (let c = 1; c < x.C; c++) {
      if (x.data[v * x.C + c] > x.data[v * x.C + first]) first = c;
    }
    dx.data[v * x.C + first] = dy.data[v];
  }
}

/** dx = x > 0 ? dy : slope * dy; the slope is one a channel or one an element. */
export function preluBackwardData(
  x: Field,
  slope: Numbers,
  slopeShape: Shape,
  dy: Field,
  dx: Field,
): void {
  const plane = x.D * x.H * x.W;
  const perElement = slopeShape.length > 1;
  for (let i = 0; i < dx.data.length; i++) {
    const c = i % x.C;
    const at = perElement ? c * plane + Math.floor(i / x.C) % plane : c;
    dx.data[i] = x.data[i] > 0 ? dy.data[i] : slope[at] * dy.data[i];
  }
}
