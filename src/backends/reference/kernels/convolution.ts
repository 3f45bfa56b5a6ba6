/**
 * Convolution and transposed convolution, by definition.
 *
 * @module
 */

import type { ConvAttributes } from "../../../graph/ops/conv.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { type Field, type Numbers, threeAxes } from "../field.ts";

/** y[p, o] = b[o] + sum over taps t and channels c of x[p * stride + t - pad, c] * w[o, c, t]. */
export function conv(
  x: Field,
  weight: Numbers,
  bias: Numbers | undefined,
  y: Field,
  { kernel, stride, padBefore, groups }: ConvAttributes,
): void {
  const [KD, KH, KW] = threeAxes(kernel, 1);
  const [sd, sh, sw] = threeAxes(stride, 1);
  const [pd, ph, pw] = threeAxes(padBefore, 0);
  const [inner, outer] = [x.C / groups, y.C / groups];
  const taps = KD * KH * KW;
  // weight as (tap, group, c, o): the innermost loop then runs over neighbours in memory
  const packed = new Float64Array(weight.length);
  for (let o = 0; o < y.C; o++) {
    const [group, local] = [Math.floor(o / outer), o % outer];
    for (let c = 0; c < inner; c++) {
      for (let t = 0; t < taps; t++) {
        const to = ((t * groups + group) * inner + c) * outer + local;
        packed[to] = weight[(o * inner + c) * taps + t];
      }
    }
  }
  const sums = new Float64Array(y.C);
  let out = 0;
  for (let n = 0; n < y.N; n++) {
    for (let d = 0; d < y.D; d++) {
      for (let h = 0; h < y.H; h++) {
        for (let w = 0; w < y.W; w++) {
          if (bias) sums.set(bias);
          else sums.fill(0);
          for (let kd = 0; kd < KD; kd++) {
            const id = d * sd + kd - pd;
            if (id < 0 || id >= x.D) continue;
            for (let kh = 0; kh < KH; kh++) {
              const ih = h * sh + kh - ph;
              if (ih < 0 || ih >= x.H) continue;
              for (let kw = 0; kw < KW; kw++) {
                const iw = w * sw + kw - pw;
                if (iw < 0 || iw >= x.W) continue;
                const at = (((n * x.D + id) * x.H + ih) * x.W + iw) * x.C;
                const tap = ((kd * KH + kh) * KW + kw) * x.C * outer;
                for (let c = 0; c < x.C; c++) {
                  const value = x.data[at + c];
                  const first = Math.floor(c / inner) * outer;
                  const row = tap + c * outer;
                  for (let o = 0; o < outer; o++) sums[first + o] += value * packed[row + o];
                }
              }
            }
          }
          y.data.set(sums, out);
          out += y.C;
        }
      }
    }
  }
}

/** y[p * stride + t - pad, o] += x[p, c] * w[c, o, t], starting from b[o]. */
export function deconv(
  x: Field,
  weight: Numbers,
  bias: Numbers | undefined,
  y: Field,
  { kernel, stride, padBefore }: WindowAttributes,
): void {
  const [KD, KH, KW] = threeAxes(kernel, 1);
  const [sd, sh, sw] = threeAxes(stride, 1);
  const [pd, ph, pw] = threeAxes(padBefore, 0);
  const taps = KD * KH * KW;
  const sums = new Float64Array(y.data.length);
  if (bias) { for (let i = 0; i < sums.length; i++) sums[i] = bias[i % y.C]; }
  let at = 0;
  for (let n = 0; n < x.N; n++) {
    for (let d = 0; d < x.D; d++) {
      for (let h = 0; h < x.H; h++) {
        for (let w = 0; w < x.W; w++, at += x.C) {
          for (let t = 0; t < taps; t++) {
            const od = d * sd + Math.floor(t / (KH * KW)) - pd;
            const oh = h * sh + Math.floor(t / KW) % KH - ph;
            const ow = w * sw + t % KW - pw;
            if (od < 0 || od >= y.D || oh < 0 || oh >= y.H || ow < 0 || ow >= y.W) continue;
            const to = (((n * y.D + od) * y.H + oh) * y.W + ow) * y.C;
            for (let c = 0; c < x.C; c++) {
              for (let o = 0; o < y.C; o++) {
                sums[to + o] += x.data[at + c] * weight[(c * y.C + o) * taps + t];
              }
            }
          }
        }
      }
    }
  }
  y.data.set(sums);
}

/** y[n, o] = b[o] + sum over c of x[n, c] * w[o, c]. */
export function linear(x: Field, weight: Numbers, bias: Numbers | undefined, y: Field): void {
  for (let n = 0; n < y.N; n++) {
    for (let o = 0; o < y.C; o++) {
      let sum = bias?.[o] ?? 0;
      for (let c = 0; c < x.C; c++) sum += x.data[n * x.C + c] * weight[o * x.C + c];
      y.data[n * y.C + o] = sum;
    }
  }
}
