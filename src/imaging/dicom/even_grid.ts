/**
 * Slices that lie unevenly or lean, made an even, upright grid by linear interpolation, and masks of
 * that grid brought back to the slices.
 *
 * A slice is a plane at some height along the normal, moved aside by some pixels. The grid has the
 * pixels of the slices, as many more as they lie aside of each other, and planes at even heights.
 *
 * @module
 */

import { addScaled, affineOf, dot, scaled, type Vector } from "../affine.ts";
import { refusal } from "../refusal.ts";
import type { EvenGrid } from "../volume.ts";
import { sliceNormal } from "./geometry.ts";

/** What is known of slices, sorted along the normal. */
export interface SlicePlaces {
  /** Centre of the first pixel of each, LPS+ millimetres. */
  readonly positions: readonly Vector[];
  /** Direction of rows. */
  readonly row: Vector;
  /** Direction of columns. */
  readonly column: Vector;
  /** Millimetres between rows and between columns. */
  readonly pixelSpacing: readonly [between_rows: number, between_columns: number];
  /** Columns and rows of a slice. */
  readonly plane: readonly [columns: number, rows: number];
}

/** Slices that lie aside by less than this, in pixels, lie over one another. */
const ASIDE = 0.25;

/** Grids of more than this many times the voxels of the slices are not made. */
const MOST_GROWTH = 8;

/**
 * The even grid of slices: planes as far apart as slices usually are.
 *
 * @param unit what errors call the series
 * @throws InputError where the grid would be far larger than the slices
 */
export function evenGrid(unit: string, places: SlicePlaces): EvenGrid {
  const { positions, row, column, pixelSpacing: [rowsApart, columnsApart], plane } = places;
  const normal = sliceNormal(row, column);
  const from = positions.map((position) => addScaled(position, positions[0], -1));
  const millimetres = from.map((offset) => dot(offset, normal));
  const gaps = millimetres.slice(1).map((at, index) => at - millimetres[index]);
  const usual = gaps.toSorted((a, b) => a - b)[(gaps.length - 1) >> 1];
  const length = millimetres[millimetres.length - 1];
  const steps = Math.max(1, Math.round(length / usual));
  const step = length / steps;
  const offsets = from.map((offset) => [
    dot(offset, row) / columnsApart,
    dot(offset, column) / rowsApart,
  ]);
  const upright = offsets.every((at) => at.every((pixels) => Math.abs(pixels) <= ASIDE));
  const aside = upright ? offsets.map(() => [0, 0]) : offsets;
  const least = [0, 1].map((axis) => Math.min(...aside.map((at) => at[axis])));
  const most = [0, 1].map((axis) => Math.max(...aside.map((at) => at[axis])));
  const more = [0, 1].map((axis) => Math.ceil(most[axis] - least[axis] - 1e-6));
  const shape = [plane[0] + more[0], plane[1] + more[1], steps + 1] as const;
  const voxels = shape[0] * shape[1] * shape[2];
  if (!(voxels <= MOST_GROWTH * plane[0] * plane[1] * positions.length)) {
    throw refusal(
      "too-uneven",
      `${unit} cannot be made even: a grid of ${shape.join("x")} voxels would be needed.`,
      "Its slices are not those of one scan: separate them first.",
    );
  }
  const origin = addScaled(
    addScaled(positions[0], row, least[0] * columnsApart),
    column,
    least[1] * rowsApart,
  );
  return {
    shape,
    affine: affineOf(
      scaled(row, columnsApart),
      scaled(column, rowsApart),
      scaled(normal, step),
      origin,
    ),
    plane,
    heights: millimetres.map((height) => height / step),
    begins: aside.map(([i, j]) => [i - least[0], j - least[1]] as const),
  };
}

/**
 * HU on the grid, linear in all directions between the pixels of the slices.
 *
 * @param slice HU of slice k, index j * columns + i; valid until another one is asked for twice
 * @param outside HU where no slice reaches
 */
export function interpolate(
  grid: EvenGrid,
  slice: (k: number) => Float32Array<ArrayBuffer>,
  outside: number,
): Float32Array<ArrayBuffer> {
  const { shape: [width, rows, planes], heights } = grid;
  const size = width * rows;
  const voxels = new Float32Array(size * planes);
  const moved = new Map<number, Float32Array<ArrayBuffer>>();
  const movedSlice = (k: number) => {
    let plane = moved.get(k);
    if (plane === undefined) {
      // never more than the two that a plane of the grid lies between
      for (const old of moved.keys()) if (old < k - 1) moved.delete(old);
      moved.set(k, plane = movedAside(grid, k, slice(k), outside));
    }
    return plane;
  };
  for (let k = 0, below = 0; k < planes; k++) {
    while (below < heights.length - 2 && heights[below + 1] <= k) below++;
    const [low, high] = [heights[below], heights[below + 1]];
    const share = Math.max(0, Math.min(1, (k - low) / (high - low)));
    const [a, b] = [movedSlice(below), movedSlice(below + 1)];
    const target = voxels.subarray(k * size, (k + 1) * size);
    for (let at = 0; at < size; at++) target[at] = a[at] + share * (b[at] - a[at]);
  }
  return voxels;
}

/** A slice on the pixels of the grid. */
function movedAside(
  { shape: [width, rows], plane: [columns, lines], begins }: EvenGrid,
  k: number,
  slice: Float32Array<ArrayBuffer>,
  outside: number,
): Float32Array<ArrayBuffer> {
  const moved = new Float32Array(width * rows).fill(outside);
  const [beginI, beginJ] = begins[k];
  const value = (i: number, j: number) =>
    i < 0 || j < 0 || i >= columns || j >= lines ? outside : slice[j * columns + i];
  for (let j = 0; j < rows; j++) {
    const y = j - beginJ;
    const top = Math.floor(y + 1e-9);
    const down = Math.max(0, y - top);
    if (top < -1 || top >= lines) continue;
    for (let i = 0; i < width; i++) {
      const x = i - beginI;
      const left = Math.floor(x + 1e-9);
      const right = Math.max(0, x - left);
      if (left < -1 || left >= columns) continue;
      const upper = value(left, top) * (1 - right) + (right > 0 ? value(left + 1, top) * right : 0);
      const lower = down > 0
        ? value(left, top + 1) * (1 - right) + (right > 0 ? value(left + 1, top + 1) * right : 0)
        : 0;
      moved[j * width + i] = upper * (1 - down) + lower * down;
    }
  }
  return moved;
}

/**
 * A mask of the grid on the slices: each pixel gets the voxel that its centre lies in.
 *
 * @param mask index i + I * (j + J * k) of the grid
 * @returns index i + columns * (j + rows * k) of the slices
 */
export function onSlices(grid: EvenGrid, mask: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { shape: [width, rows, planes], plane: [columns, lines], heights, begins } = grid;
  const pixels = new Uint8Array(columns * lines * heights.length);
  heights.forEach((height, k) => {
    const plane = Math.min(planes - 1, Math.round(height));
    const [beginI, beginJ] = begins[k];
    for (let j = 0; j < lines; j++) {
      const from = (plane * rows + Math.min(rows - 1, Math.round(j + beginJ))) * width;
      const to = (k * lines + j) * columns;
      for (let i = 0; i < columns; i++) {
        pixels[to + i] = mask[from + Math.min(width - 1, Math.round(i + beginI))];
      }
    }
  });
  return pixels;
}

/**
 * A mask of the slices on the grid: each voxel gets the pixel that is nearest to it, of the slice
 * that is nearest; 0 where that slice does not reach.
 *
 * @param pixels index i + columns * (j + rows * k) of the slices
 * @returns index i + I * (j + J * k) of the grid
 */
export function onGrid(grid: EvenGrid, pixels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { shape: [width, rows, planes], plane: [columns, lines], begins } = grid;
  const mask = new Uint8Array(width * rows * planes);
  nearestSlices(grid).forEach((nearest, k) => {
    const [beginI, beginJ] = begins[nearest];
    for (let j = 0; j < rows; j++) {
      const y = Math.round(j - beginJ);
      if (y < 0 || y >= lines) continue;
      for (let i = 0; i < width; i++) {
        const x = Math.round(i - beginI);
        if (x < 0 || x >= columns) continue;
        mask[(k * rows + j) * width + i] = pixels[(nearest * lines + y) * columns + x];
      }
    }
  });
  return mask;
}

/** For each plane of the grid, the slice that is nearest to it in height. */
export function nearestSlices({ shape, heights }: EvenGrid): number[] {
  let nearest = 0;
  return Array.from({ length: shape[2] }, (_, k) => {
    while (
      nearest < heights.length - 1 &&
      Math.abs(heights[nearest + 1] - k) < Math.abs(heights[nearest] - k)
    ) nearest++;
    return nearest;
  });
}
