/**
 * Resizing planes (slices), each axis by what it needs.
 *
 * Pixels are squares whose centres lie at half coordinates: pixel i of n covers [i, i+1) / n of
 * the plane. Images: an axis that shrinks averages over the area each target pixel covers (no
 * aliasing), one that grows is interpolated linearly. Probabilities go back linearly. Masks take
 * the nearest pixel. Of a larger plane a field may be taken, and what comes back be put there.
 *
 * @module
 */

/** Height and width of a plane, in pixels. */
export type PlaneSize = readonly [height: number, width: number];

/** Whether two planes have the same size, so that nothing need be resized between them. */
export function samePlane(a: PlaneSize, b: PlaneSize): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** Pixels of an axis, half open. */
export type PixelRange = readonly [from: number, to: number];

/** A part of a plane, such as what a network sees of a slice. */
export interface Field {
  /** Along the height. */
  readonly rows: PixelRange;
  /** Along the width. */
  readonly columns: PixelRange;
}

/** What each target pixel of an axis takes: `weights[start[i]..start[i+1])` of `first[i]...`. */
export interface Taps {
  /** Where the weights of each target pixel begin, and where the last ones end. */
  readonly start: Int32Array<ArrayBuffer>;
  /** The first source pixel of each target pixel. */
  readonly first: Int32Array<ArrayBuffer>;
  /** Weights of the source pixels, which add up to 1. */
  readonly weights: Float64Array<ArrayBuffer>;
}

/** How a plane is resized: along each row first, then along each column, in double precision. */
export interface PlaneTaps {
  /** Along the height. */
  readonly rows: Taps;
  /** Along the width. */
  readonly columns: Taps;
}

/** Resizes planes from one size to another; tables are made once. */
export type Resizer = (
  plane: Float32Array<ArrayBuffer>,
  out?: Float32Array<ArrayBuffer>,
) => Float32Array<ArrayBuffer>;

/**
 * How images are resized: area average along an axis that shrinks, linear along one that grows.
 *
 * @param field the part of the source that is taken (default: all of it)
 */
export function imageTaps(from: PlaneSize, to: PlaneSize, field: Field = wholeOf(from)): PlaneTaps {
  const along = ([first, end]: PixelRange, target: number) => {
    const source = end - first;
    const own = target < source ? areaTaps(source, target) : linearTaps(source, target);
    return { ...own, first: own.first.map((pixel) => pixel + first) };
  };
  return { rows: along(field.rows, to[0]), columns: along(field.columns, to[1]) };
}

/**
 * How probabilities are resized: linear along both axes.
 *
 * @param field the part of the target that they are of, 0 around it (default: all of it)
 */
export function probabilityTaps(
  from: PlaneSize,
  to: PlaneSize,
  field: Field = wholeOf(to),
): PlaneTaps {
  const along = (source: number, [first, end]: PixelRange, target: number) => {
    const own = linearTaps(source, end - first);
    const before = new Array<number>(first).fill(0);
    const after = new Array<number>(target - end).fill(0);
    return {
      weights: own.weights,
      // pixels around the field take nothing
      start: Int32Array.of(...before, ...own.start, ...after.map(() => own.weights.length)),
      first: Int32Array.of(...before, ...own.first, ...after),
    };
  };
  return { rows: along(from[0], field.rows, to[0]), columns: along(from[1], field.columns, to[1]) };
}

function wholeOf([height, width]: PlaneSize): Field {
  return { rows: [0, height], columns: [0, width] };
}

/**
 * A function that resizes images: area average along an axis that shrinks, linear along one that
 * grows. Without change it copies.
 *
 * @param field the part of the source that is taken (default: all of it)
 *
 * @example
 * ```ts
 * import { imageResizer } from "./resizing.ts";
 * import assert from "node:assert/strict";
 * const halve = imageResizer([2, 2], [1, 1]);
 * assert.deepEqual([...halve(Float32Array.of(0, 1, 2, 5))], [2]);
 * ```
 */
export function imageResizer(from: PlaneSize, to: PlaneSize, field?: Field): Resizer {
  return resizer(from, to, imageTaps(from, to, field), field === undefined);
}

/**
 * A function that resizes probabilities back to a scan's grid: linear along both axes, with
 * half-pixel centres (PyTorch's `bilinear` with `align_corners=False`).
 *
 * @param field the part of the grid that they are of, 0 around it (default: all of it)
 */
export function probabilityResizer(from: PlaneSize, to: PlaneSize, field?: Field): Resizer {
  return resizer(from, to, probabilityTaps(from, to, field), field === undefined);
}

/**
 * A mask in another size: each pixel takes the one under its centre.
 *
 * @param field the part of the mask that is taken (default: all of it)
 *
 * @example
 * ```ts
 * import { resizeMask } from "./resizing.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...resizeMask(Uint8Array.of(0, 1), [1, 2], [1, 4])], [0, 0, 1, 1]);
 * ```
 */
export function resizeMask(
  mask: Uint8Array<ArrayBuffer>,
  from: PlaneSize,
  to: PlaneSize,
  out: Uint8Array<ArrayBuffer> = new Uint8Array(to[0] * to[1]),
  field: Field = wholeOf(from),
): Uint8Array<ArrayBuffer> {
  const rows = nearest(field.rows, to[0]);
  const columns = nearest(field.columns, to[1]);
  let at = 0;
  for (let y = 0; y < to[0]; y++) {
    const row = rows[y] * from[1];
    for (let x = 0; x < to[1]; x++) out[at++] = mask[row + columns[x]];
  }
  return out;
}

/** The source pixel under the centre of each target pixel, in whole numbers: floor((2i+1)n/2m). */
function nearest([from, to]: PixelRange, target: number): Int32Array {
  const source = to - from;
  return Int32Array.from(
    { length: target },
    (_, i) => from + Math.min(source - 1, Math.floor(((2 * i + 1) * source) / (2 * target))),
  );
}

/** @param whole whether axes of the same size need no change */
function resizer(
  from: PlaneSize,
  to: PlaneSize,
  { rows, columns }: PlaneTaps,
  whole: boolean,
): Resizer {
  const size = to[0] * to[1];
  const between = new Float64Array(from[0] * to[1]);
  const [sameRows, sameColumns] = [whole && from[0] === to[0], whole && from[1] === to[1]];
  return (plane, out = new Float32Array(size)) => {
    if (sameRows && sameColumns) {
      out.set(plane);
      return out;
    }
    if (sameColumns) between.set(plane);
    else alongRows(plane, between, from, to[1], columns);
    if (sameRows) out.set(between);
    else alongColumns(between, out, to, rows);
    return out;
  };
}

function alongRows(
  plane: Float32Array,
  target: Float64Array,
  from: PlaneSize,
  width: number,
  { start, first, weights }: Taps,
): void {
  let at = 0;
  for (let y = 0; y < from[0]; y++) {
    const row = y * from[1];
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let pixel = row + first[x];
      for (let tap = start[x]; tap < start[x + 1]; tap++) sum += weights[tap] * plane[pixel++];
      target[at++] = sum;
    }
  }
}

function alongColumns(
  source: Float64Array,
  target: Float32Array,
  to: PlaneSize,
  { start, first, weights }: Taps,
): void {
  const width = to[1];
  const sums = new Float64Array(width);
  for (let y = 0; y < to[0]; y++) {
    const begin = start[y];
    let row = first[y] * width;
    if (start[y + 1] - begin === 2) {
      // growing: most rows lie between two, and one pass over them is half the time of three
      blendRows(source, row, weights[begin], weights[begin + 1], target, y, width);
      continue;
    }
    sums.fill(0);
    for (let tap = begin; tap < start[y + 1]; tap++, row += width) {
      const weight = weights[tap];
      for (let x = 0; x < width; x++) sums[x] += weight * source[row + x];
    }
    target.set(sums, y * width);
  }
}

/** Row `y` of the target from the row at `from` of the source and the one after it. */
function blendRows(
  source: Float64Array,
  from: number,
  weight: number,
  weightOfNext: number,
  target: Float32Array,
  y: number,
  width: number,
): void {
  const [next, to] = [from + width, y * width];
  for (let x = 0; x < width; x++) {
    target[to + x] = weight * source[from + x] + weightOfNext * source[next + x];
  }
}

/** Each target pixel is the mean over the stretch it covers. */
function areaTaps(source: number, target: number): Taps {
  const ratio = source / target;
  return taps(target, (i) => {
    const [begin, end] = [i * ratio, (i + 1) * ratio];
    const low = Math.floor(begin);
    const high = Math.min(source, Math.ceil(end - 1e-9));
    const weights: number[] = [];
    for (let pixel = low; pixel < high; pixel++) {
      weights.push((Math.min(end, pixel + 1) - Math.max(begin, pixel)) / ratio);
    }
    return [low, weights];
  });
}

/** Each target pixel lies between two centres of the source; beyond the outer ones, on those. */
function linearTaps(source: number, target: number): Taps {
  const ratio = source / target;
  return taps(target, (i) => {
    const centre = Math.min(source - 1, Math.max(0, (i + 0.5) * ratio - 0.5));
    const low = Math.min(source - 1, Math.floor(centre));
    const part = centre - low;
    return [low, part === 0 ? [1] : [1 - part, part]];
  });
}

function taps(target: number, of: (i: number) => readonly [number, readonly number[]]): Taps {
  const all = Array.from({ length: target }, (_, i) => of(i));
  const start = new Int32Array(target + 1);
  all.forEach(([, weights], i) => start[i + 1] = start[i] + weights.length);
  return {
    start,
    first: Int32Array.from(all, ([first]) => first),
    weights: Float64Array.from(all.flatMap(([, weights]) => weights)),
  };
}
