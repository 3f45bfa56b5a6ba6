/**
 * Augmentations of geometry that need new values between voxels, or other slices.
 *
 * @module
 */

import type { Augmentation, Sample } from "./sample.ts";

/** Slices are turned by up to this angle, in radians: ten degrees. */
const TURN = Math.PI / 18;
/** Rows and columns are each stretched by up to this factor, or shrunk by it. */
const STRETCH = 1.25;

/**
 * Turns slices by up to ten degrees about their centre, and stretches or shrinks rows and columns
 * each by up to 1.25, all slices alike. Grey values are interpolated bilinearly, masks are of the
 * nearest pixel; what comes in is 0.
 */
export const affine: Augmentation = ({ image, target, shape }, draw) => {
  const angle = TURN * (2 * draw.uniform() - 1);
  const [down, across] = [0, 1].map(() => STRETCH ** (2 * draw.uniform() - 1));
  const map = planeMap(shape, angle, [down, across]);
  const plane = shape[1] * shape[2];
  for (let at = 0; at < image.length; at += plane) {
    resampled(image.subarray(at, at + plane), map, false);
    resampled(target.subarray(at, at + plane), map, true);
  }
};

/** Where the pixels of a plane come from. */
interface PlaneMap {
  /** Rows and columns. */
  readonly size: readonly [height: number, width: number];
  /** Rows that pixels come from. */
  readonly y: Float64Array;
  /** Columns that they come from. */
  readonly x: Float64Array;
}

function planeMap(
  [, height, width]: Sample["shape"],
  angle: number,
  [down, across]: readonly number[],
): PlaneMap {
  const [y, x] = [new Float64Array(height * width), new Float64Array(height * width)];
  const [middleY, middleX] = [(height - 1) / 2, (width - 1) / 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [dy, dx] = [row - middleY, column - middleX];
      y[row * width + column] = middleY + (cos * dy + sin * dx) / down;
      x[row * width + column] = middleX + (cos * dx - sin * dy) / across;
    }
  }
  return { size: [height, width], y, x };
}

function resampled(
  plane: Float32Array<ArrayBuffer>,
  { size: [height, width], y, x }: PlaneMap,
  nearest: boolean,
): void {
  const source = plane.slice();
  const valueAt = (row: number, column: number) =>
    row >= 0 && row < height && column >= 0 && column < width ? source[row * width + column] : 0;
  for (let i = 0; i < plane.length; i++) {
    if (nearest) {
      plane[i] = valueAt(Math.round(y[i]), Math.round(x[i]));
      continue;
    }
    const [top, left] = [Math.floor(y[i]), Math.floor(x[i])];
    const [fy, fx] = [y[i] - top, x[i] - left];
    const above = valueAt(top, left) * (1 - fx) + valueAt(top, left + 1) * fx;
    const below = valueAt(top + 1, left) * (1 - fx) + valueAt(top + 1, left + 1) * fx;
    plane[i] = above * (1 - fy) + below * fy;
  }
}

/** The widest step of `sparse`. */
const SPARSE = 4;

/**
 * Of every second stack at random only every second, third or fourth slice is kept, from a random
 * one of the first of them on; they move together, and what is left of the stack is 0. So a stack
 * looks as it does where slices lie far apart and a scan ends inside it.
 */
export const sparse: Augmentation = ({ image, target, shape: [slices] }, draw) => {
  if (slices === 1 || draw.uniform() >= 0.5) return;
  const by = Math.min(slices, 2 + draw.integer(SPARSE - 1));
  const first = draw.integer(by);
  for (const values of [image, target]) {
    const plane = values.length / slices;
    let kept = 0;
    for (let z = first; z < slices; z += by) {
      values.copyWithin(kept * plane, z * plane, (z + 1) * plane);
      kept++;
    }
    values.fill(0, kept * plane);
  }
};
