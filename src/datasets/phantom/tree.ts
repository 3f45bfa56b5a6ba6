/**
 * Branching trees that fill a lung: arteries, veins and airways.
 *
 * A tree grows from its root to a cloud of end points by halving the cloud again and again; the
 * radius of a branch follows from how many end points it feeds (Murray's law, r^2.7 adds up).
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import type { Point } from "./patient.ts";

/** One straight piece of a branch: a cone with round ends, radii in mm. */
export interface Segment {
  /** One end. */
  readonly from: Point;
  /** The other end. */
  readonly to: Point;
  /** Radius at the first end. */
  readonly radiusFrom: number;
  /** Radius at the other end. */
  readonly radiusTo: number;
}

/** Exponent of the branching law, 1 / 2.7. */
const MURRAY = 1 / 2.7;

/**
 * The pieces of a tree.
 *
 * @param source Random numbers for the wiggles.
 * @param root Where the tree starts.
 * @param ends Where it ends; each point gets one branch.
 * @param leafRadius Radius of the last branches, in mm.
 */
export function growTree(
  source: Random,
  root: Point,
  ends: readonly Point[],
  leafRadius: number,
): Segment[] {
  const segments: Segment[] = [];
  const radius = (count: number) => leafRadius * Math.pow(count, MURRAY);

  const grow = (from: Point, targets: readonly Point[]): void => {
    const here = radius(targets.length);
    if (targets.length === 1) {
      addCurve(from, targets[0], here, here * 0.6);
      return;
    }
    const reach = 0.35 + 0.2 * source.uniform();
    const middle = centroid(targets);
    const fork = mixPoints(from, middle, reach);
    addCurve(from, fork, here, here * 0.92);
    const axis = longestAxis(targets);
    const sorted = [...targets].sort((a, b) => a[axis] - b[axis]);
    const cut = Math.max(1, Math.round(sorted.length * (0.35 + 0.3 * source.uniform())));
    const inside = Math.min(cut, sorted.length - 1);
    grow(fork, sorted.slice(0, inside));
    grow(fork, sorted.slice(inside));
  };

  /** Two pieces with a bend between them, so that no branch is a ruler's line. */
  const addCurve = (from: Point, to: Point, radiusFrom: number, radiusTo: number): void => {
    const length = distance(from, to);
    const shift = () => (source.uniform() - 0.5) * 0.22 * length;
    const middle = mixPoints(from, to, 0.5);
    const bend: Point = [middle[0] + shift(), middle[1] + shift(), middle[2] + shift()];
    const radiusBend = (radiusFrom + radiusTo) / 2;
    segments.push({ from, to: bend, radiusFrom, radiusTo: radiusBend });
    segments.push({ from: bend, to, radiusFrom: radiusBend, radiusTo });
  };

  if (ends.length > 0) grow(root, ends);
  return segments;
}

/** A point between two, at the share `t` of the way. */
export function mixPoints(a: Point, b: Point, t: number): Point {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Distance of two points. */
function distance(a: Point, b: Point): number {
  const [x, y, z] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  return Math.sqrt(x * x + y * y + z * z);
}

function centroid(points: readonly Point[]): Point {
  let [x, y, z] = [0, 0, 0];
  for (const point of points) {
    x += point[0];
    y += point[1];
    z += point[2];
  }
  return [x / points.length, y / points.length, z / points.length];
}

/** The axis along which the points spread most. */
function longestAxis(points: readonly Point[]): 0 | 1 | 2 {
  const spread = (axis: 0 | 1 | 2) => {
    let [low, high] = [Infinity, -Infinity];
    for (const point of points) {
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
    return high - low;
  };
  const [x, y, z] = [spread(0), spread(1), spread(2)];
  return x >= y && x >= z ? 0 : y >= z ? 1 : 2;
}
