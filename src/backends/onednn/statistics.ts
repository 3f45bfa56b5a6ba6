/**
 * Means and variances over many voxels.
 *
 * The library adds up a channel voxel by voxel in single precision. Over a hundred thousand voxels
 * that are equal, as padding makes them, every addition rounds the same way, and the sum is off by
 * thousandths. So the library gets pieces of few rows each, neighbouring voxels seen as channels of
 * their own, and the pieces are joined here in double precision.
 *
 * @module
 */

import { viewOf } from "../../base/dtypes.ts";
import { fromBf16 } from "../../tensor/tensor.ts";
import { allocateBuffer } from "./buffers.ts";
import type { DataType } from "./constants.ts";
import type { StoredElements } from "./loops.ts";
import { BYTES } from "./views.ts";

/** Some rows. */
export interface Piece {
  /** The first row. */
  readonly first: number;
  /** How many there are. */
  readonly count: number;
}

/** Rows that are added up at once: few enough that rounding stays small. */
const FEW = 32;

/** Pieces that are made at most: each costs a call. */
const MANY = 128;

/** Rows in pieces of one size; the last may be smaller. */
export function piecesOf(rows: number): Piece[] {
  const size = Math.max(FEW, Math.ceil(rows / MANY));
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({
    first: i * size,
    count: Math.min(size, rows - i * size),
  }));
}

/** Memory for numbers that the library writes or reads; it lives as long as the numbers do. */
export function numbers(
  type: DataType,
  length: number,
): [elements: StoredElements, address: bigint] {
  const { bytes, address } = allocateBuffer(length * BYTES[type]);
  return [viewOf(type, bytes.buffer, bytes.byteOffset, length), address];
}

/**
 * The mean of each channel.
 *
 * @param means of the lanes of each piece, piece by piece; lane l belongs to channel l mod channels
 */
export function meansOf(
  means: StoredElements,
  pieces: readonly Piece[],
  channels: number,
): Float64Array<ArrayBuffer> {
  const read = means instanceof Uint16Array ? fromBf16 : (value: number) => value;
  const lanes = means.length / pieces.length;
  const sums = new Float64Array(channels);
  let rows = 0;
  pieces.forEach(({ count }, piece) => {
    rows += count;
    for (let lane = 0; lane < lanes; lane++) {
      sums[lane % channels] += count * read(means[piece * lanes + lane]);
    }
  });
  return sums.map((sum) => sum * channels / (rows * lanes));
}

/**
 * The variance of each channel: within the pieces and between them.
 *
 * @param variances of the lanes of each piece
 * @param means of the lanes of each piece
 * @param mean of each channel
 */
export function variancesOf(
  variances: StoredElements,
  means: StoredElements,
  pieces: readonly Piece[],
  mean: Float64Array,
): Float64Array<ArrayBuffer> {
  const lanes = means.length / pieces.length;
  const sums = new Float64Array(mean.length);
  let rows = 0;
  pieces.forEach(({ count }, piece) => {
    rows += count;
    for (let lane = 0; lane < lanes; lane++) {
      const at = piece * lanes + lane;
      const channel = lane % mean.length;
      sums[channel] += count * (variances[at] + (means[at] - mean[channel]) ** 2);
    }
  });
  return sums.map((sum) => sum * mean.length / (rows * lanes));
}
