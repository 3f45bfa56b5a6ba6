/**
 * Fields: the part of its slices that a network sees of a scan.
 *
 * The field `lungs` is found in the scan itself, without a truth: air that is enclosed in the body,
 * on a coarse grid. It takes away how much lies around the lungs, which differs between scanners,
 * and spends the network's pixels where the lungs are.
 *
 * @module
 */

import { type Field, imageResizer, type PixelRange, type PlaneSize } from "./resizing.ts";

/** How a field is chosen: all of each slice, or the rows and columns that the lungs take. */
export const FIELD_CHOICES = ["whole", "lungs"] as const;

/** Name of such a choice. */
export type FieldChoice = typeof FIELD_CHOICES[number];

/** Cells of the coarse grid along each axis of a slice, at most. */
const CELLS = 64;
/** Enclosed air counts as lung from this share of the largest piece on: the other lung, no bowel. */
const LEAST_SHARE = 0.1;
/** What is kept around the lungs, as a share of each axis. */
const MARGIN = 1 / 32;

/**
 * The field of a scan's lungs; null where no air is enclosed in any slice.
 *
 * Pixels are averaged over cells. Cells darker than Otsu's threshold of them all are air; air that
 * touches the edge of its slice lies outside the body. Of the rest, what hangs together through
 * the slices and has at least a tenth of the volume of the largest piece is lung.
 *
 * @param slice gives the windowed greys of slice z, valid until the next call
 * @param shape slices, rows, columns
 */
export function lungField(
  slice: (z: number) => Float32Array<ArrayBuffer>,
  [slices, height, width]: readonly [number, number, number],
): Field | null {
  const grid: PlaneSize = [Math.min(CELLS, height), Math.min(CELLS, width)];
  const plane = grid[0] * grid[1];
  const shrink = imageResizer([height, width], grid);
  const greys = new Float32Array(slices * plane);
  for (let z = 0; z < slices; z++) shrink(slice(z), greys.subarray(z * plane, (z + 1) * plane));
  const limit = otsuThreshold(greys);
  const air = Uint8Array.from(greys, (grey) => Number(grey < limit));
  for (let z = 0; z < slices; z++) clearFromEdge(air.subarray(z * plane, (z + 1) * plane), grid);
  const cells = boxOfLargest(air, [slices, ...grid]);
  if (cells === null) return null;
  return {
    rows: pixelsOf(cells.rows, grid[0], height),
    columns: pixelsOf(cells.columns, grid[1], width),
  };
}

/**
 * The field of a choice in a scan; null for the whole slice, and where no lungs are found.
 *
 * @param slice gives the windowed greys of slice z, valid until the next call
 * @param shape slices, rows, columns
 */
export function findField(
  choice: FieldChoice,
  slice: (z: number) => Float32Array<ArrayBuffer>,
  shape: readonly [number, number, number],
): Field | null {
  return choice === "lungs" ? lungField(slice, shape) : null;
}

/** The pixels of some cells, with a margin. */
function pixelsOf([from, to]: PixelRange, cells: number, pixels: number): PixelRange {
  const margin = MARGIN * pixels;
  return [
    Math.max(0, Math.floor(from * pixels / cells - margin)),
    Math.min(pixels, Math.ceil(to * pixels / cells + margin)),
  ];
}

const BINS = 64;

/**
 * The value in [0, 1] that divides values into two classes that differ most (Otsu): an edge of 64
 * equal bins.
 *
 * @example
 * ```ts
 * import { otsuThreshold } from "./field.ts";
 * import assert from "node:assert/strict";
 * const limit = otsuThreshold(Float32Array.of(0.1, 0.12, 0.8, 0.9, 0.85));
 * assert.ok(limit > 0.12 && limit <= 0.8);
 * ```
 */
export function otsuThreshold(values: Float32Array): number {
  const counts = new Float64Array(BINS);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(value * BINS))]++;
  let [below, sumBelow, most, limit] = [0, 0, -1, 0];
  const sum = counts.reduce((total, count, bin) => total + count * (bin + 0.5), 0);
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin];
    sumBelow += counts[bin] * (bin + 0.5);
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const apart = sumBelow / below - (sum - sumBelow) / above;
    const between = below * above * apart * apart;
    if (between > most) [most, limit] = [between, (bin + 1) / BINS];
  }
  return limit;
}

/** Makes 0 what hangs together with 1s on the edge of a plane. */
function clearFromEdge(plane: Uint8Array, [height, width]: PlaneSize): void {
  const waiting: number[] = [];
  const clear = (at: number) => {
    if (plane[at] === 0) return;
    plane[at] = 0;
    waiting.push(at);
  };
  for (let x = 0; x < width; x++) [x, (height - 1) * width + x].forEach(clear);
  for (let y = 0; y < height; y++) [y * width, (y + 1) * width - 1].forEach(clear);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const x = at % width;
    if (x > 0) clear(at - 1);
    if (x < width - 1) clear(at + 1);
    if (at >= width) clear(at - width);
    if (at < plane.length - width) clear(at + width);
  }
}

/** A piece of cells that hang together. */
interface Piece extends Field {
  /** Its cells. */
  readonly size: number;
}

/** The box around the largest piece of 1s and those that are not much smaller; null for none. */
function boxOfLargest(
  cells: Uint8Array,
  shape: readonly [number, number, number],
): Field | null {
  const pieces: Piece[] = [];
  for (let at = cells.indexOf(1); at >= 0; at = cells.indexOf(1, at)) {
    pieces.push(takePiece(cells, shape, at));
  }
  const largest = pieces.reduce((most, { size }) => Math.max(most, size), 0);
  const lungs = pieces.filter(({ size }) => size >= LEAST_SHARE * largest);
  if (lungs.length === 0) return null;
  const around = (ranges: readonly PixelRange[]): PixelRange => [
    Math.min(...ranges.map(([from]) => from)),
    Math.max(...ranges.map(([, to]) => to)),
  ];
  return {
    rows: around(lungs.map(({ rows }) => rows)),
    columns: around(lungs.map(({ columns }) => columns)),
  };
}

/** Takes the piece at a cell away, and says where it was. */
function takePiece(
  cells: Uint8Array,
  [, height, width]: readonly [number, number, number],
  start: number,
): Piece {
  const plane = height * width;
  const waiting = [start];
  cells[start] = 0;
  let [size, top, bottom, left, right] = [0, height, 0, width, 0];
  const take = (at: number) => {
    if (cells[at] === 0) return;
    cells[at] = 0;
    waiting.push(at);
  };
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const x = at % width;
    const y = Math.floor(at / width) % height;
    size++;
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    if (x > 0) take(at - 1);
    if (x < width - 1) take(at + 1);
    if (y > 0) take(at - width);
    if (y < height - 1) take(at + width);
    if (at >= plane) take(at - plane);
    if (at < cells.length - plane) take(at + plane);
  }
  return { size, rows: [top, bottom], columns: [left, right] };
}
