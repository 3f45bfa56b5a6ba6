/**
 * Exact Euclidean distances on a grid of unequal spacing, in double precision.
 *
 * The squared distance is separable. Along z the nearest site of a column is found by counting,
 * along y and x by the lower envelope of parabolas (Felzenszwalb and Huttenlocher, "Distance
 * Transforms of Sampled Functions", 2012). Only one slice of squared distances is held at a time.
 *
 * @module
 */

/** Sizes or millimetres along z, y, x. */
export type Triple = readonly [z: number, y: number, x: number];

/**
 * Distance in mm from every query to the site nearest to it.
 *
 * @param sites non-zero at the points to measure to, order (z, y, x)
 * @param queries non-zero at the points to measure from, order (z, y, x)
 * @param shape sizes of both
 * @param spacing mm between neighbours along each axis, positive
 * @returns one distance a query, in memory order; Infinity where there is no site
 *
 * @example
 * ```ts
 * import { distancesToNearest } from "./distances.ts";
 * import assert from "node:assert/strict";
 * const sites = Uint8Array.of(1, 0, 0, 0);
 * const queries = Uint8Array.of(0, 0, 0, 1);
 * assert.deepEqual(distancesToNearest(sites, queries, [1, 2, 2], [1, 3, 4]), Float64Array.of(5));
 * ```
 */
export function distancesToNearest(
  sites: Uint8Array,
  queries: Uint8Array,
  shape: Triple,
  spacing: Triple,
): Float64Array {
  const [depth, height, width] = shape;
  const area = height * width;
  const gaps = gapsAlongZ(sites, depth, area);
  const out = new Float64Array(queries.reduce((count, query) => count + (query ? 1 : 0), 0));
  const alongY = new Envelope(height, spacing[1]);
  const alongX = new Envelope(width, spacing[2]);
  const squared = new Float64Array(area); // mm², z and y parts
  let next = 0;
  for (let z = 0; z < depth; z++) {
    const slice = queries.subarray(z * area, (z + 1) * area);
    const rows = rowsWithQueries(slice, height, width);
    if (rows.length === 0) continue;
    for (let x = 0; x < width; x++) {
      alongY.clear();
      for (let y = 0; y < height; y++) {
        const gap = gaps[z * area + y * width + x];
        if (gap < depth) alongY.add(y, (gap * spacing[0]) * (gap * spacing[0]));
      }
      for (const y of rows) squared[y * width + x] = alongY.lowest(y);
    }
    for (const y of rows) {
      alongX.clear();
      for (let x = 0; x < width; x++) {
        const value = squared[y * width + x];
        if (value < Infinity) alongX.add(x, value);
      }
      for (let x = 0; x < width; x++) {
        if (slice[y * width + x] !== 0) out[next++] = Math.sqrt(alongX.lowest(x));
      }
    }
  }
  return out;
}

/** Slices from each point to the nearest site of its column; `depth` or more where there is none. */
function gapsAlongZ(
  sites: Uint8Array,
  depth: number,
  area: number,
): Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
  const size = depth * area;
  // An empty column counts up to 2 * depth - 1.
  const gaps = 2 * depth <= 65536 ? new Uint16Array(size) : new Uint32Array(size);
  for (let i = 0; i < size; i++) {
    gaps[i] = sites[i] !== 0 ? 0 : i < area ? depth : gaps[i - area] + 1;
  }
  for (let i = size - area - 1; i >= 0; i--) {
    if (gaps[i + area] + 1 < gaps[i]) gaps[i] = gaps[i + area] + 1;
  }
  return gaps;
}

function rowsWithQueries(slice: Uint8Array, height: number, width: number): number[] {
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    if (slice.subarray(y * width, (y + 1) * width).some((query) => query !== 0)) rows.push(y);
  }
  return rows;
}

/** The lower envelope of parabolas h + (s(i - v))², added and asked with growing v and i. */
class Envelope {
  readonly #spacing: number;
  readonly #vertices: Int32Array;
  readonly #heights: Float64Array;
  /** Where each parabola becomes the lowest, in mm. */
  readonly #from: Float64Array;
  #count = 0;
  #current = 0;

  constructor(size: number, spacing: number) {
    this.#spacing = spacing;
    this.#vertices = new Int32Array(size);
    this.#heights = new Float64Array(size);
    this.#from = new Float64Array(size);
  }

  clear(): void {
    this.#count = 0;
    this.#current = 0;
  }

  add(vertex: number, height: number): void {
    const at = vertex * this.#spacing;
    let from = -Infinity;
    while (this.#count > 0) {
      const last = this.#count - 1;
      const other = this.#vertices[last] * this.#spacing;
      from = ((height - this.#heights[last]) / (at - other) + at + other) / 2;
      if (from > this.#from[last]) break;
      from = -Infinity;
      this.#count--;
    }
    this.#vertices[this.#count] = vertex;
    this.#heights[this.#count] = height;
    this.#from[this.#count] = from;
    this.#count++;
  }

  lowest(index: number): number {
    if (this.#count === 0) return Infinity;
    const at = index * this.#spacing;
    while (this.#current + 1 < this.#count && this.#from[this.#current + 1] < at) this.#current++;
    const step = (index - this.#vertices[this.#current]) * this.#spacing;
    return this.#heights[this.#current] + step * step;
  }
}
