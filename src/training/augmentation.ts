/**
 * What is varied at random in a sample, by name. All of it is off in the paper's protocol.
 *
 * @module
 */

import { affine, sparse } from "./geometry.ts";
import { noise, sharpness, tone } from "./greys.ts";
import type { Augmentation, Sample } from "./sample.ts";

/** A shift goes up to this share of each axis. */
const REACH = 1 / 16;

/** Augmentations by name. */
export const AUGMENTATIONS: {
  readonly [
    // named, as publishing wants types that need no inference

    K in "flip" | "shift" | "intensity" | "tone" | "noise" | "sharpness" | "affine" | "sparse"
  ]: Augmentation;
} = {
  /** Mirrors each axis of more than one slice with probability 1/2. */
  flip({ image, target, shape }, draw) {
    shape.forEach((_, axis) => {
      if (draw.uniform() >= 0.5) return;
      for (const values of [image, target]) mirror(values, shape, axis);
    });
  },
  /** Moves by up to a sixteenth of each axis; what comes in is 0, as the padding of a stack is. */
  shift({ image, target, shape }, draw) {
    const by = shape.map((size) => {
      const reach = Math.floor(size * REACH);
      return draw.integer(2 * reach + 1) - reach;
    });
    for (const values of [image, target]) move(values, shape, by);
  },
  /** Grey values times 0.9 to 1.1, plus -0.1 to 0.1, kept within [0, 1]. */
  intensity({ image }, draw) {
    const factor = 0.9 + 0.2 * draw.uniform();
    const offset = 0.2 * draw.uniform() - 0.1;
    for (let i = 0; i < image.length; i++) {
      image[i] = Math.min(1, Math.max(0, image[i] * factor + offset));
    }
  },
  tone,
  noise,
  sharpness,
  affine,
  sparse,
};

/** Name of an augmentation. */
export type AugmentationName = keyof typeof AUGMENTATIONS;

function mirror(values: Float32Array, shape: readonly number[], axis: number): void {
  const size = shape[axis];
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  if (inner === 1) {
    for (let at = 0; at < values.length; at += size) values.subarray(at, at + size).reverse();
    return;
  }
  const kept = new Float32Array(inner);
  for (let block = 0; block < values.length; block += size * inner) {
    for (let low = 0, high = size - 1; low < high; low++, high--) {
      const [a, b] = [block + low * inner, block + high * inner];
      kept.set(values.subarray(a, a + inner));
      values.copyWithin(a, b, b + inner);
      values.set(kept, b);
    }
  }
}

function move(
  values: Float32Array,
  [slices, height, width]: Sample["shape"],
  [dz, dy, dx]: readonly number[],
): void {
  if (dz === 0 && dy === 0 && dx === 0) return;
  const source = values.slice();
  values.fill(0);
  const columns = width - Math.abs(dx);
  for (let z = Math.max(0, dz); z < slices + Math.min(0, dz); z++) {
    for (let y = Math.max(0, dy); y < height + Math.min(0, dy); y++) {
      const to = (z * height + y) * width + Math.max(0, dx);
      const from = ((z - dz) * height + y - dy) * width + Math.max(0, -dx);
      values.set(source.subarray(from, from + columns), to);
    }
  }
}
