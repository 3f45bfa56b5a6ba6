/**
 * The density of lung tissue between its vessels.
 *
 * @module
 */

import { noisePlane } from "./hash_noise.ts";
import type { PhantomParameters } from "./parameters.ts";
import { fieldSeed, type Patient, type Scan } from "./patient.ts";

/** HU at a point of one plane; `depth` is the distance below the pleura. */
export type ParenchymaPlane = (x: number, y: number, depth: number) => number;

/**
 * Lung tissue in the plane of one z: a base value, what gravity adds towards the back, patches,
 * fine structure, emphysema, fissures, and atelectasis along the posterior pleura. None of it is
 * a lesion; most of it confuses a threshold.
 */
export function parenchymaPlane(
  parameters: PhantomParameters,
  patient: Patient,
  scan: Scan,
  z: number,
): ParenchymaPlane {
  const visit = parameters.visit;
  const patches = noisePlane(fieldSeed(parameters, "mosaic", visit), 45, z);
  const clouds = noisePlane(fieldSeed(parameters, "clouds"), 12, z);
  const fine = noisePlane(fieldSeed(parameters, "fine"), 4, z);
  const sunk = noisePlane(fieldSeed(parameters, "atelectasis", visit), 24, z);
  const holes = noisePlane(fieldSeed(parameters, "emphysema"), 16, z);
  const bend = noisePlane(fieldSeed(parameters, "fissure"), 50, z);
  const { hu, dependent, mosaic, atelectasis } = scan.parenchyma;
  const { thorax, emphysema } = patient;

  return (x, y, depth) => {
    const back = 0.5 + (0.5 * y) / thorax.depth;
    let value = hu + dependent * back * Math.abs(back) + mosaic * patches(x, y);
    value += 30 * clouds(x, y) + 22 * fine(x, y);
    if (emphysema > 0) value -= 90 * emphysema * Math.max(0, holes(x, y) - 0.2);
    // The oblique fissures, one plane on each side.
    const fissure = Math.abs((y + 8 + 10 * bend(x, y)) * 0.77 - (z + 20) * 0.64);
    if (fissure < 1.2) value += 170 * (1 - fissure / 1.2);
    const near = 1 - depth / 16;
    if (near > 0 && back > 0.6) {
      const share = Math.min(1, (back - 0.6) * 4) * near * near;
      value += atelectasis * share * Math.max(0, 0.55 + 0.6 * sunk(x, y));
    }
    return value;
  };
}
