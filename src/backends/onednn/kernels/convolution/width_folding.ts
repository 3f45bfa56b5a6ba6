/**
 * Folding along W. In channels-last memory (W, C) and (W / f, f * C) are the same bytes, so a
 * convolution of few channels at stride 1 is exactly a convolution of f times the channels on the
 * folded view, with the taps placed at their shifted positions and zeros elsewhere. More
 * multiplications, but all lanes of a vector are used. Only where x is not finite does that differ:
 * zero times infinity is NaN, so that a few neighbours become NaN too.
 *
 * @module
 */

import { elements, type Shape } from "../../../../base/shapes.ts";
import type { ConvAttributes } from "../../../../graph/ops/conv.ts";
import type { WindowAttributes } from "../../../../graph/windowed.ts";

/** Lanes of single precision in the widest vector. */
const LANES = 16;

/** Lanes of the narrowest vector that matters: AVX2's. */
const FEWEST_LANES = 8;

/** Shapes below this many elements of output gain nothing that could be measured. */
const WORTHWHILE = 4096;

/**
 * How many neighbours along W to see as channels; 1 for a convolution that stays as it is. Few outputs
 * of a pointwise one fill vectors then, which matters most to what is fused to it: 16 channels to 1
 * and a sigmoid take 0.35 to 0.65 of the time (Zen 4).
 *
 * @param x shape of the input
 * @param y shape of the output
 */
export function foldFactor(x: Shape, y: Shape, attributes: ConvAttributes): number {
  const { kernel, stride, groups } = attributes;
  const width = x[x.length - 1];
  const same = width === y[y.length - 1];
  if (groups !== 1 || stride[stride.length - 1] !== 1 || !same) return 1;
  if (elements(y) < WORTHWHILE) return 1;
  const most = Math.max(x[1], y[1]);
  // where no neighbour is read, zeros are multiplied in lanes that would be idle
  const few = kernel.every((taps) => taps === 1) ? y[1] : Infinity;
  const fits = (factor: number) => most * factor <= LANES || few * factor <= FEWEST_LANES;
  return [8, 4, 2].find((factor) => fits(factor) && width % factor === 0) ?? 1;
}

/**
 * How many neighbours along W of its output a transposed convolution may see as channels; 1 where it
 * stays as it is. Where taps do not overlap along W, neighbours of the output are other taps of one
 * voxel of the input: the stride along W becomes 1, with nothing multiplied in vain.
 *
 * @param y shape of the output
 */
export function transposedFold(y: Shape, window: WindowAttributes): number {
  const last = window.kernel.length - 1;
  const [taps, stride, before, after] = [
    window.kernel[last],
    window.stride[last],
    window.padBefore[last],
    window.padAfter[last],
  ];
  const apart = taps === stride && before === 0 && after === 0;
  return apart && y[1] * stride <= LANES && elements(y) >= WORTHWHILE ? stride : 1;
}

/**
 * Weights of the folded transposed convolution, which has one tap along W.
 *
 * @param dims (C, O, ...kernel) of the original
 * @returns (C, kernel[W] * O, ...kernel without W)
 */
export function transposedFoldWeights(
  weights: Float32Array<ArrayBuffer>,
  dims: Shape,
): Float32Array<ArrayBuffer> {
  const [inputs, outputs] = dims;
  const taps = dims[dims.length - 1];
  const rows = elements(dims.slice(2, -1));
  const result = new Float32Array(weights.length);
  for (let c = 0, from = 0; c < inputs; c++) {
    for (let o = 0; o < outputs; o++) {
      for (let row = 0; row < rows; row++) {
        for (let tap = 0; tap < taps; tap++) {
          result[((c * taps + tap) * outputs + o) * rows + row] = weights[from++];
        }
      }
    }
  }
  return result;
}

/**
 * Multiplications for one voxel of output, with those that folding adds and those of lanes that no
 * channel uses.
 *
 * @param x shape of the input
 * @param y shape of the output
 */
export function multiplications(x: Shape, y: Shape, attributes: ConvAttributes): number {
  const factor = foldFactor(x, y, attributes);
  const taps = elements(foldWindow(attributes, factor).kernel);
  const lanes = Math.ceil(y[1] * factor / FEWEST_LANES) * FEWEST_LANES;
  return x[1] * lanes * taps;
}

/** Input column that a tap reads for output column 0, and the block of columns it falls into. */
function columns({ kernel, padBefore }: WindowAttributes, factor: number) {
  const axis = kernel.length - 1;
  const first = Math.floor(-padBefore[axis] / factor);
  const last = Math.floor((factor - 1 + kernel[axis] - 1 - padBefore[axis]) / factor);
  return { axis, pad: padBefore[axis], taps: kernel[axis], first, last };
}

/** The window of the folded convolution. */
export function foldWindow(window: WindowAttributes, factor: number): WindowAttributes {
  const { axis, first, last } = columns(window, factor);
  return {
    kernel: window.kernel.with(axis, last - first + 1),
    stride: window.stride,
    padBefore: window.padBefore.with(axis, -first),
    padAfter: window.padAfter.with(axis, last),
  };
}

/** Visits every tap of a convolution in each of the places that folding gives it. */
function everyPlace(
  dims: Shape,
  window: WindowAttributes,
  factor: number,
  visit: (original: number, folded: number, tap: number, o: number, c: number) => void,
): void {
  const { pad, taps, first, last } = columns(window, factor);
  const [outputs, inputs] = dims;
  const rows = elements(dims.slice(2, -1));
  const blocks = last - first + 1;
  for (let o = 0; o < outputs; o++) {
    for (let c = 0; c < inputs; c++) {
      for (let row = 0; row < rows; row++) {
        for (let tap = 0; tap < taps; tap++) {
          const original = ((o * inputs + c) * rows + row) * taps + tap;
          for (let j = 0; j < factor; j++) {
            const column = j + tap - pad;
            const block = Math.floor(column / factor);
            const i = column - block * factor;
            const channels = (j * outputs + o) * inputs * factor + i * inputs + c;
            const folded = (channels * rows + row) * blocks + block - first;
            visit(original, folded, row * taps + tap, o, c);
          }
        }
      }
    }
  }
}

/**
 * Weights of the folded convolution.
 *
 * @param dims (O, C, ...kernel) of the original
 * @returns (f * O, f * C, ...folded kernel)
 */
export function foldWeights(
  weights: Float32Array<ArrayBuffer>,
  dims: Shape,
  window: WindowAttributes,
  factor: number,
): Float32Array<ArrayBuffer> {
  const { first, last } = columns(window, factor);
  const rows = elements(dims.slice(2, -1));
  const size = dims[0] * dims[1] * factor ** 2 * rows * (last - first + 1);
  const result = new Float32Array(size);
  everyPlace(dims, window, factor, (original, folded) => result[folded] = weights[original]);
  return result;
}

/**
 * Sums the gradient of folded weights back: each tap over all its places.
 *
 * @param folded (f * O, f * C, ...folded kernel)
 * @param dims (O, C, ...kernel) of the original
 * @param result the same, channels-last
 */
export function unfoldGradient(
  folded: Float32Array,
  dims: Shape,
  window: WindowAttributes,
  factor: number,
  result: Float32Array,
): void {
  const [, inputs, ...kernel] = dims;
  const taps = elements(kernel);
  const sums = new Float64Array(result.length);
  everyPlace(dims, window, factor, (_original, place, tap, o, c) => {
    sums[(o * taps + tap) * inputs + c] += folded[place];
  });
  result.set(sums);
}
