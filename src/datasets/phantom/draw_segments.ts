/**
 * Draws the pieces of trees into one slice, as the share of each voxel that they fill.
 *
 * @module
 */

import type { Frame } from "./frame.ts";
import type { Segment } from "./tree.ts";

/**
 * Draws a list of pieces slice by slice.
 *
 * @param frame Where voxels lie.
 * @param segments The pieces; a piece thinner than a voxel fills a share of it, not all.
 * @returns A function that writes the share (0 to 1) for slice `k` into a zeroed plane.
 */
export function segmentPainter(
  frame: Frame,
  segments: readonly Segment[],
): (k: number, plane: Float32Array) => void {
  const thinnest = 0.6 * Math.max(frame.pixel[0], frame.pixel[1]);
  const drawn = segments.map((segment) => widen(segment, thinnest));
  return (k, plane) => {
    const z = frame.z(k);
    for (const piece of drawn) {
      if (z >= piece.low && z <= piece.high) drawPiece(frame, piece, z, plane);
    }
  };
}

/** A piece as it is drawn: wide enough to be seen by the lattice, fainter in return. */
interface Piece extends Segment {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly reach: number;
}

function widen(segment: Segment, thinnest: number): Piece {
  const radius = Math.max(segment.radiusFrom, segment.radiusTo);
  const factor = Math.max(1, thinnest / radius);
  const reach = radius * factor + thinnest;
  return {
    ...segment,
    radiusFrom: segment.radiusFrom * factor,
    radiusTo: segment.radiusTo * factor,
    share: 1 / (factor * factor),
    low: Math.min(segment.from[2], segment.to[2]) - reach,
    high: Math.max(segment.from[2], segment.to[2]) + reach,
    reach,
  };
}

function drawPiece(frame: Frame, piece: Piece, z: number, plane: Float32Array): void {
  const { from, to, reach } = piece;
  const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const inverse = 1 / Math.max(1e-9, dx * dx + dy * dy + dz * dz);
  const soft = 1 / Math.max(frame.pixel[0], frame.pixel[1]);
  const box = frame.box(
    Math.min(from[0], to[0]) - reach,
    Math.max(from[0], to[0]) + reach,
    Math.min(from[1], to[1]) - reach,
    Math.max(from[1], to[1]) + reach,
  );
  const pz = z - from[2];
  for (let j = box.top; j < box.bottom; j++) {
    const py = frame.y(j) - from[1];
    for (let i = box.left; i < box.right; i++) {
      const px = frame.x(i) - from[0];
      const t = Math.min(1, Math.max(0, (px * dx + py * dy + pz * dz) * inverse));
      const [ex, ey, ez] = [px - t * dx, py - t * dy, pz - t * dz];
      const radius = piece.radiusFrom + t * (piece.radiusTo - piece.radiusFrom);
      const inside = (radius - Math.sqrt(ex * ex + ey * ey + ez * ez)) * soft + 0.5;
      if (inside <= 0) continue;
      const share = Math.min(1, inside) * piece.share;
      const at = j * frame.columns + i;
      if (share > plane[at]) plane[at] = share;
    }
  }
}
