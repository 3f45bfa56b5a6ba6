/**
 * Augmentations of grey values: what scanners, kernels and windows do differently to one anatomy.
 *
 * Slices that are 0 throughout pad a stack and stay so, as in inference. Values stay in [0, 1], and
 * masks as they are.
 *
 * @module
 */

import type { Augmentation, Sample } from "./sample.ts";

/** Steps of the curve of `tone`. */
const TONE_STEPS = 4;
/** A step of that curve rises by up to this factor more than another, as a logarithm. */
const TONE_BEND = Math.log(3);
/** The curve begins and ends at most this far inside [0, 1]. */
const TONE_INSET = 0.2;

/**
 * Greys through a random rising curve of four straight pieces, which changes brightness, contrast
 * and gamma at once.
 */
export const tone: Augmentation = (sample, draw) => {
  const rises = Array.from(
    { length: TONE_STEPS },
    () => Math.exp(TONE_BEND * (draw.uniform() - 0.5)),
  );
  const low = TONE_INSET * draw.uniform();
  const range = 1 - TONE_INSET * draw.uniform() - low;
  const sum = rises.reduce((total, rise) => total + rise, 0);
  const knots = [low];
  for (const rise of rises) knots.push(knots.at(-1)! + range * rise / sum);
  for (const slice of present(sample)) {
    for (let i = 0; i < slice.length; i++) {
      const place = TONE_STEPS * slice[i];
      const step = Math.min(TONE_STEPS - 1, Math.floor(place));
      const value = knots[step] + (place - step) * (knots[step + 1] - knots[step]);
      slice[i] = clamped(value);
    }
  }
};

/** The highest standard deviation of `noise`. */
const NOISE = 0.1;

/** Normal noise, to every second sample at random; its standard deviation is up to 0.1. */
export const noise: Augmentation = (sample, draw) => {
  if (draw.uniform() >= 0.5) return;
  const deviation = NOISE * draw.uniform();
  for (const slice of present(sample)) {
    for (let i = 0; i < slice.length; i++) {
      slice[i] = clamped(slice[i] + deviation * draw.normal());
    }
  }
};

/**
 * Every second sample at random is blurred or sharpened in its slices: a pixel goes up to its whole
 * distance towards the mean of the nine around it, or away from that.
 */
export const sharpness: Augmentation = (sample, draw) => {
  if (draw.uniform() >= 0.5) return;
  const share = 2 * draw.uniform() - 1;
  const [, height, width] = sample.shape;
  const sums = new Float32Array(height * width);
  for (const slice of present(sample)) {
    sumOfNine(slice, height, width, sums);
    for (let i = 0; i < slice.length; i++) {
      slice[i] = clamped(slice[i] + share * (sums[i] / 9 - slice[i]));
    }
  }
};

/** The slices that are not padding. */
function present({ image, shape: [slices] }: Sample): Float32Array<ArrayBuffer>[] {
  const plane = image.length / slices;
  return Array.from({ length: slices }, (_, z) => image.subarray(z * plane, (z + 1) * plane))
    .filter((slice) => slice.some((value) => value !== 0));
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** Sums over squares of three by three; at an edge the pixels on it count again for those beyond. */
function sumOfNine(
  slice: Float32Array,
  height: number,
  width: number,
  out: Float32Array,
): void {
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const above = Math.max(y - 1, 0) * width;
    const below = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x++) {
      const left = Math.max(x - 1, 0);
      const right = Math.min(x + 1, width - 1);
      out[row + x] = slice[above + left] + slice[above + x] + slice[above + right] +
        slice[row + left] + slice[row + x] + slice[row + right] +
        slice[below + left] + slice[below + x] + slice[below + right];
    }
  }
}
