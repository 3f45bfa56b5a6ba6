/**
 * The shape of body and lungs as distances: positive inside, in mm, exact at the surface and
 * roughly right within a few centimetres of it.
 *
 * @module
 */

import type { Ellipsoid, Patient } from "./patient.ts";

/** Distances in the plane of one z, as functions of x and y. */
export interface ShapePlane {
  /** Into the body, from the skin. */
  body(x: number, y: number): number;
  /** Into the ribcage, from the pleura of its outer wall; negative in the chest wall. */
  thorax(x: number, y: number): number;
  /** Above the diaphragm. */
  diaphragm(x: number, y: number): number;
  /** Into the lung apart from the diaphragm: bounded by the wall, the mediastinum, the heart. */
  pleura(x: number, y: number): number;
  /** Into the lung: the smaller of `pleura` and `diaphragm`. */
  lung(x: number, y: number): number;
}

/** Half width of the descending aorta. */
export const AORTA_RADIUS = 12;

/** Centre of the descending aorta, in front of the spine on the left. */
export function aortaCenter(patient: Patient): readonly [x: number, y: number] {
  return [20, patient.spine.y - patient.spine.radius * 0.75];
}

/** The planes of the patient's shape. */
export function shapePlane(patient: Patient, z: number): ShapePlane {
  const { body, thorax, diaphragm: dome, spine, heart } = patient;
  const bodyShape = roundedBox(body.width, body.depth);
  const taper = apexTaper(patient, z);
  const wall = roundedBox(thorax.width * taper, thorax.depth * Math.sqrt(taper));
  const tip = tipShape(patient, z);
  const heartAt = ellipsePlane(heart, z);
  const [aortaX, aortaY] = aortaCenter(patient);

  const diaphragm = (x: number, y: number) => {
    const rise = x < 0 ? dome.right : dome.left;
    const u = (Math.abs(x) - 60) / 88;
    const v = (y + 12) / 108;
    const height = dome.edge + rise * Math.max(-0.45, 1 - u * u - v * v);
    return (z - height) * 0.8; // the dome is sloped: height overstates the distance
  };
  const mediastinum = (x: number, y: number) => {
    const t = (y + 12) / 70;
    const bulge = Math.max(0, 1 - t * t);
    const behind = Math.min(1, Math.max(0, (y - spine.y) / 18)); // the back of the vertebrae
    return Math.abs(x) - (7 + 24 * bulge * bulge + 20 * behind);
  };
  const pleura = (x: number, y: number) => {
    let distance = softMinimum(wall(x, y), mediastinum(x, y), 10);
    if (distance < -20) return distance;
    distance = softMinimum(distance, tip(x, y), 8);
    distance = softMinimum(distance, -circle(x, (y - spine.y) * 0.85, spine.radius + 5), 6);
    distance = softMinimum(distance, -circle(x - aortaX, y - aortaY, AORTA_RADIUS + 2), 5);
    return heartAt === null ? distance : softMinimum(distance, -heartAt(x, y), 6);
  };
  return {
    body: bodyShape,
    thorax: wall,
    diaphragm,
    pleura,
    lung: (x, y) => Math.min(pleura(x, y), diaphragm(x, y)),
  };
}

/** Width of the ribcage as a share of its widest: it narrows towards the neck. */
function apexTaper(patient: Patient, z: number): number {
  const t = Math.max(0, (z + 10) / (patient.apex + 26));
  return Math.sqrt(Math.max(0.09, 1 - t * t * t));
}

/** The upper half of each lung ends in a dome of its own beside the midline. */
function tipShape(patient: Patient, z: number): (x: number, y: number) => number {
  const w = Math.max(0, (z + 5) / (patient.apex + 5));
  const middle = patient.thorax.width * 0.5;
  const half = patient.thorax.width * 0.62;
  const depth = patient.thorax.depth * 1.08;
  return (x, y) => {
    const u = (Math.abs(x) - middle) / half;
    const v = y / depth;
    return (1 - Math.sqrt(u * u + v * v + w * w)) * half;
  };
}

/** An ellipse whose corners are filled a little, as a distance along the ray from its middle. */
function roundedBox(width: number, depth: number): (x: number, y: number) => number {
  return (x, y) => {
    const u = (x / width) * (x / width);
    const v = (y / depth) * (y / depth);
    const r = Math.sqrt(Math.max(1e-6, u + v - 0.35 * u * v));
    return (Math.sqrt(x * x + y * y) * (1 - r)) / r;
  };
}

/** Distance into a circle around the origin. */
export function circle(x: number, y: number, radius: number): number {
  return radius - Math.sqrt(x * x + y * y);
}

/** Distance into the cut of an ellipsoid, null where the plane misses it by far. */
export function ellipsePlane(
  { center, radii }: Ellipsoid,
  z: number,
): ((x: number, y: number) => number) | null {
  const w = (z - center[2]) / radii[2];
  if (Math.abs(w) > 1.3) return null;
  return (x, y) => {
    const u = (x - center[0]) / radii[0];
    const v = (y - center[1]) / radii[1];
    return (1 - Math.sqrt(u * u + v * v + w * w)) * Math.min(radii[0], radii[1]);
  };
}

/** The smaller of two distances with the edge between them rounded over `width` mm. */
function softMinimum(a: number, b: number, width: number): number {
  const h = Math.max(0, 1 - Math.abs(a - b) / width);
  return Math.min(a, b) - h * h * width * 0.25;
}
