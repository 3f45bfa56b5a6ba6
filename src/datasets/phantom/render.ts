/**
 * Draws one slice of a patient: tissues, trees and opacities, blurred, before noise.
 *
 * @module
 */

import { drawOpacity } from "./draw_opacity.ts";
import { segmentPainter } from "./draw_segments.ts";
import type { Frame } from "./frame.ts";
import { shapePlane } from "./lungs.ts";
import { opacitiesOf } from "./opacity.ts";
import type { PhantomParameters } from "./parameters.ts";
import { parenchymaPlane } from "./parenchyma.ts";
import type { Patient, Scan } from "./patient.ts";
import { filterPlane, gaussian, type Kernel } from "./scanner.ts";
import { treesOf } from "./trees.ts";
import { outsidePlane } from "./wall.ts";

/** HU of an airway's wall and of the air in it. */
const WALL_HU = 25;
const LUMEN_HU = -965;

/** A slice before the scanner's noise. */
export interface RenderedSlice {
  /** HU, blurred in the slice. */
  readonly hu: Float32Array;
  /** Standard deviation of the noise, in HU. */
  readonly sigma: Float32Array;
  /** Truth, 0 or 1. */
  readonly lesion: Uint8Array<ArrayBuffer>;
  /** Lungs, 0 or 1. */
  readonly lung: Uint8Array<ArrayBuffer>;
}

/** Prepares what all slices share; the result draws any slice, also beyond the volume's ends. */
export function sliceRenderer(
  parameters: PhantomParameters,
  patient: Patient,
  scan: Scan,
  frame: Frame,
): (k: number) => RenderedSlice {
  const { rows, columns, pixel } = frame;
  const trees = treesOf(parameters, patient);
  const paintVessels = segmentPainter(frame, trees.vessels);
  const paintWalls = segmentPainter(frame, trees.walls);
  const paintAirways = segmentPainter(frame, trees.airways);
  const opacities = opacitiesOf(parameters, patient);
  const soft = 1 / Math.max(pixel[0], pixel[1]);
  // The voxel itself averages over a box of variance 1/12.
  const blur: Kernel = {
    x: gaussian(Math.sqrt((scan.blur / pixel[0]) ** 2 + 1 / 12)),
    y: gaussian(Math.sqrt((scan.blur / pixel[1]) ** 2 + 1 / 12)),
  };

  return (k) => {
    const z = frame.z(k);
    const shape = shapePlane(patient, z);
    const outside = outsidePlane(parameters, patient, scan, shape, z);
    const parenchyma = parenchymaPlane(parameters, patient, scan, z);
    const size = rows * columns;
    const around = new Float32Array(size);
    const tissue = new Float32Array(size);
    const cover = new Float32Array(size);
    const sigma = new Float32Array(size);
    const lesion = new Uint8Array(size);
    const lung = new Uint8Array(size);

    for (let j = 0; j < rows; j++) {
      const y = frame.y(j);
      for (let i = 0; i < columns; i++) {
        const at = j * columns + i;
        const x = frame.x(i);
        const depth = shape.body(x, y);
        sigma[at] = scan.noise.sigma * (0.45 + 0.55 * unit(depth / 75));
        around[at] = outside(x, y, depth);
        if (depth < 8) continue;
        const pleura = shape.pleura(x, y);
        const share = unit(0.5 + pleura * soft);
        if (share === 0) continue;
        const above = shape.diaphragm(x, y);
        cover[at] = share * unit(0.5 + above / Math.max(scan.breathing, 1 / soft));
        if (cover[at] === 0) continue;
        tissue[at] = parenchyma(x, y, Math.min(pleura, above));
        lung[at] = pleura > 0 && above > 0 ? 1 : 0;
      }
    }
    for (const opacity of opacities) drawOpacity(frame, opacity, k, tissue, lesion);

    const vessels = new Float32Array(size);
    const walls = new Float32Array(size);
    const airways = new Float32Array(size);
    paintVessels(k, vessels);
    paintWalls(k, walls);
    paintAirways(k, airways);
    const hu = around;
    for (let at = 0; at < size; at++) {
      let value = around[at] + cover[at] * (tissue[at] - around[at]);
      value += walls[at] * Math.max(0, WALL_HU - value);
      value += vessels[at] * Math.max(0, scan.blood - value);
      hu[at] = value + airways[at] * (LUMEN_HU - value);
      lesion[at] &= lung[at];
    }
    return { hu: filterPlane(hu, rows, columns, blur), sigma, lesion, lung };
  };
}

/** A number cut to [0, 1]. */
function unit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
