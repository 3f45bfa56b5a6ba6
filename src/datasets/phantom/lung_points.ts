/**
 * Points inside the lungs, drawn at random.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { shapePlane } from "./lungs.ts";
import type { Patient, Point } from "./patient.ts";

/** Which lung: x < 0 is the patient's right. */
export type Side = "right" | "left";

/** A point of the lungs with its depth, in mm. */
export interface LungPoint {
  /** Where it lies. */
  readonly at: Point;
  /** Distance to the nearest surface of the lung: wall, diaphragm or mediastinum. */
  readonly depth: number;
  /** Distance to the chest wall or the diaphragm, whichever is nearer. */
  readonly outer: number;
}

/**
 * A point drawn uniformly from one lung, at least `margin` mm below its surface; null if two
 * thousand tries find none.
 */
export function lungPoint(
  source: Random,
  patient: Patient,
  side: Side,
  margin: number,
): LungPoint | null {
  const { thorax, apex, diaphragm } = patient;
  const sign = side === "right" ? -1 : 1;
  for (let attempt = 0; attempt < 2000; attempt++) {
    const x = sign * thorax.width * source.uniform();
    const y = thorax.depth * (2 * source.uniform() - 1);
    const z = diaphragm.edge - 25 + (apex - diaphragm.edge + 25) * source.uniform();
    const shape = shapePlane(patient, z);
    const depth = shape.lung(x, y);
    if (depth < margin) continue;
    return { at: [x, y, z], depth, outer: Math.min(shape.thorax(x, y), shape.diaphragm(x, y)) };
  }
  return null;
}

/** The direction of steepest ascent of depth at a point: away from the nearest surface. */
export function inward(patient: Patient, [x, y, z]: Point): Point {
  const h = 2;
  const here = shapePlane(patient, z);
  const gx = here.lung(x + h, y) - here.lung(x - h, y);
  const gy = here.lung(x, y + h) - here.lung(x, y - h);
  const gz = shapePlane(patient, z + h).lung(x, y) - shapePlane(patient, z - h).lung(x, y);
  const length = Math.sqrt(gx * gx + gy * gy + gz * gz);
  return length < 1e-6 ? [1, 0, 0] : [gx / length, gy / length, gz / length];
}
