/**
 * The measures of one synthetic patient and of one scan of that patient.
 *
 * All lengths are millimetres in the frame of the phantom: x from the patient's right to the left,
 * y from front to back, z from feet to head; the origin lies in the middle of the chest.
 *
 * @module
 */

import { type Random, random } from "../../base/random.ts";
import type { Interval, PhantomParameters } from "./parameters.ts";

/** A point in mm: x to the left, y to the back, z to the head. */
export type Point = readonly [x: number, y: number, z: number];

/** An ellipsoid with axes along x, y, z. */
export interface Ellipsoid {
  /** Its middle. */
  readonly center: Point;
  /** Its half axes. */
  readonly radii: Point;
}

/** The anatomy that all scans of a patient share. */
export interface Patient {
  /** Half width and half depth of the body. */
  readonly body: { readonly width: number; readonly depth: number };
  /** Thickness of the fat under the skin. */
  readonly fat: number;
  /** Half width and half depth of the ribcage at its widest, measured at the pleura. */
  readonly thorax: { readonly width: number; readonly depth: number };
  /** Height of the tips of the lungs. */
  readonly apex: number;
  /** Height of the edge of the diaphragm, and how far its right and left dome rise above it. */
  readonly diaphragm: { readonly edge: number; readonly right: number; readonly left: number };
  /** The heart. */
  readonly heart: Ellipsoid;
  /** The middle of the vertebral bodies, front to back, and their half width. */
  readonly spine: { readonly y: number; readonly radius: number };
  /** Height between two ribs, and how much a rib falls from back to front (mm a mm). */
  readonly ribs: { readonly pitch: number; readonly slope: number; readonly phase: number };
  /** Where the trachea divides. */
  readonly carina: Point;
  /** Share of emphysema, 0 none. */
  readonly emphysema: number;
}

/** What differs between two scans of a patient. */
export interface Scan {
  /** Offset of the body in the field of view. */
  readonly offset: Point;
  /** HU of lung tissue, and what gravity and patchiness add. */
  readonly parenchyma: {
    readonly hu: number;
    readonly dependent: number;
    readonly mosaic: number;
    readonly atelectasis: number;
  };
  /** HU of blood. */
  readonly blood: number;
  /** Height over which the diaphragm is smeared, and how far the heart's edge moves. */
  readonly breathing: number;
  /** Noise: standard deviation in HU and correlation length in mm. */
  readonly noise: { readonly sigma: number; readonly length: number };
  /** Standard deviation of the blur in the slice. */
  readonly blur: number;
  /** Gap between the back and the table. */
  readonly table: number;
}

/** A uniform draw from an interval. */
export function between(source: Random, [low, high]: Interval): number {
  return low + (high - low) * source.uniform();
}

/** The anatomy of patient `index` of a seed. */
export function patientOf(parameters: PhantomParameters): Patient {
  const draw = random(parameters.seed, "patient", parameters.index);
  const width = between(draw, [150, 172]);
  const depth = width * between(draw, [0.66, 0.8]);
  const fat = between(draw, [7, 22]);
  const thorax = { width: width - fat - between(draw, [17, 23]), depth: depth - fat * 0.8 - 19 };
  const edge = between(draw, [-128, -108]);
  const left = between(draw, [32, 48]);
  const heartSize = between(draw, [0.88, 1.12]);
  return {
    body: { width, depth },
    fat,
    thorax,
    apex: between(draw, [112, 134]),
    diaphragm: { edge, left, right: left + between(draw, [6, 16]) },
    heart: {
      center: [between(draw, [18, 26]), between(draw, [-34, -24]), edge + left + 22],
      radii: [56 * heartSize, 42 * heartSize, 54 * heartSize],
    },
    spine: { y: thorax.depth - between(draw, [30, 36]), radius: between(draw, [15, 18]) },
    ribs: {
      pitch: between(draw, [23, 28]),
      slope: between(draw, [0.25, 0.45]),
      phase: draw.uniform(),
    },
    carina: [between(draw, [-4, 2]), between(draw, [4, 12]), between(draw, [30, 44])],
    emphysema: draw.uniform() < 0.25 ? between(draw, [0.2, 1]) : 0,
  };
}

/** What is particular to one visit of that patient. */
export function scanOf(parameters: PhantomParameters): Scan {
  const draw = random(parameters.seed, "scan", parameters.index, parameters.visit);
  const contrast = draw.uniform() < parameters.contrast ? between(draw, [120, 260]) : 0;
  return {
    offset: [between(draw, [-8, 8]), between(draw, [-22, -10]), between(draw, [-8, 8])],
    parenchyma: {
      hu: between(draw, parameters.parenchymaHu),
      dependent: between(draw, parameters.dependentHu),
      mosaic: between(draw, parameters.mosaicHu),
      atelectasis: between(draw, parameters.atelectasisHu),
    },
    blood: between(draw, parameters.bloodHu) + contrast,
    breathing: between(draw, parameters.breathing),
    noise: {
      sigma: between(draw, parameters.noise),
      length: between(draw, parameters.noiseLength),
    },
    blur: between(draw, parameters.blur),
    table: between(draw, [2, 8]),
  };
}

/** A seed for a noise field of this patient and, where given, this visit. */
export function fieldSeed(parameters: PhantomParameters, label: string, visit = -1): number {
  return random(parameters.seed, "field", label, parameters.index, visit).integer(2 ** 32) | 0;
}
