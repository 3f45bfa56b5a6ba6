/**
 * Ops over the spatial axes or over the channels: padding, pooling, means, normalisation.
 *
 * @module
 */

import type { CropAttributes } from "../../../graph/ops/crop.ts";
import type { PadAttributes } from "../../../graph/ops/pad.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { type Field, type Numbers, threeAxes, voxels } from "../field.ts";

/** y = x with zeros around it. */
export function pad(x: Field, y: Field, { before }: PadAttributes): void {
  const [bd, bh, bw] = threeAxes(before, 0);
  y.data.fill(0);
  for (let n = 0; n < x.N; n++) {
    for (let d = 0; d < x.D; d++) {
      for (let h = 0; h < x.H; h++) {
        const from = ((n * x.D + d) * x.H + h) * x.W * x.C;
        const to = (((n * y.D + d + bd) * y.H + h + bh) * y.W + bw) * y.C;
        y.data.set(x.data.subarray(from, from + x.W * x.C), to);
      }
    }
  }
}

/** y = x without its outermost voxels. */
export function crop(x: Field, y: Field, { before }: CropAttributes): void {
  const [bd, bh, bw] = threeAxes(before, 0);
  for (let n = 0; n < y.N; n++) {
    for (let d = 0; d < y.D; d++) {
      for (let h = 0; h < y.H; h++) {
        const from = (((n * x.D + d + bd) * x.H + h + bh) * x.W + bw) * x.C;
        const to = ((n * y.D + d) * y.H + h) * y.W * y.C;
        y.data.set(x.data.subarray(from, from + y.W * y.C), to);
      }
    }
  }
}

/** y[p] = max over the taps that fall inside x. */
export function maxPool(
  x: Field,
  y: Field,
  { kernel, stride, padBefore }: WindowAttributes,
): void {
  const [KD, KH, KW] = threeAxes(kernel, 1);
  const [sd, sh, sw] = threeAxes(stride, 1);
  const [pd, ph, pw] = threeAxes(padBefore, 0);
  let out = 0;
  for (let n = 0; n < y.N; n++) {
    for (let d = 0; d < y.D; d++) {
      for (let h = 0; h < y.H; h++) {
        for (let w = 0; w < y.W; w++) {
          for (let c = 0; c < y.C; c++) {
            let most = -Infinity;
            for (let t = 0; t < KD * KH * KW; t++) {
              const id = d * sd + Math.floor(t / (KH * KW)) - pd;
              const ih = h * sh + Math.floor(t / KW) % KH - ph;
              const iw = w * sw + t % KW - pw;
              if (id < 0 || id >= x.D || ih < 0 || ih >= x.H || iw < 0 || iw >= x.W) continue;
              most = Math.max(most, x.data[(((n * x.D + id) * x.H + ih) * x.W + iw) * x.C + c]);
            }
            y.data[out++] = most;
          }
        }
      }
    }
  }
}

/** y[n, c] = the reduction of channel c over the spatial axes. */
export function globalPool(
  x: Field,
  y: Field,
  reduce: (channel: Iterable<number>) => number,
): void {
  for (let n = 0; n < x.N; n++) {
    for (let c = 0; c < x.C; c++) y.data[n * x.C + c] = reduce(channelOf(x, n, c));
  }
}

/** y[n, p] = the reduction over the channels of voxel p. */
export function channelPool(
  x: Field,
  y: Field,
  reduce: (voxel: Iterable<number>) => number,
): void {
  for (let v = 0; v < voxels(x); v++) {
    y.data[v] = reduce(x.data.subarray(v * x.C, (v + 1) * x.C));
  }
}

/** Mean of some numbers. */
export function mean(values: Iterable<number>): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    sum += value;
    count++;
  }
  return sum / count;
}

/** The largest of some numbers. */
export function maximum(values: Iterable<number>): number {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, a mean and a variance a channel. */
export function batchNorm(
  x: Field,
  [gamma, beta, mean, variance]: readonly Numbers[],
  y: Field,
  epsilon: number,
): void {
  for (let i = 0; i < y.data.length; i++) {
    const c = i % x.C;
    y.data[i] = gamma[c] * (x.data[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) + beta[c];
  }
}

/** As batch norm, with the mean and population variance of each sample and channel. */
export function instanceNorm(
  x: Field,
  gamma: Numbers,
  beta: Numbers,
  y: Field,
  epsilon: number,
): void {
  const size = x.D * x.H * x.W;
  for (let n = 0; n < x.N; n++) {
    for (let c = 0; c < x.C; c++) {
      const centre = mean(channelOf(x, n, c));
      let squares = 0;
      for (const value of channelOf(x, n, c)) squares += (value - centre) ** 2;
      const scale = gamma[c] / Math.sqrt(squares / size + epsilon);
      for (let v = 0; v < size; v++) {
        const i = (n * size + v) * x.C + c;
        y.data[i] = (x.data[i] - centre) * scale + beta[c];
      }
    }
  }
}

function* channelOf(x: Field, n: number, c: number): Generator<number> {
  const size = x.D * x.H * x.W;
  for (let v = 0; v < size; v++) yield x.data[(n * size + v) * x.C + c];
}
