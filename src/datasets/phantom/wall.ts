/**
 * What lies around the lungs: skin, fat, muscle, ribs, spine, mediastinum, abdomen, the table.
 *
 * @module
 */

import { noisePlane } from "./hash_noise.ts";
import { circle, ellipsePlane, type ShapePlane } from "./lungs.ts";
import type { PhantomParameters } from "./parameters.ts";
import { fieldSeed, type Patient, type Scan } from "./patient.ts";

/** HU of tissues, without contrast medium. */
const HU = {
  air: -1000,
  foam: -930,
  shell: -150,
  skin: -10,
  fat: -105,
  muscle: 52,
  cartilage: 105,
  cortex: 620,
  marrow: 190,
  disc: 85,
  canal: 25,
  liver: 58,
  spleen: 46,
  stomach: 15,
} as const;

/** HU at a point of one plane outside the lungs; `depth` is the distance from the skin inwards. */
export type OutsidePlane = (x: number, y: number, depth: number) => number;

/** The tissues around the lungs in the plane of one z. */
export function outsidePlane(
  parameters: PhantomParameters,
  patient: Patient,
  scan: Scan,
  shape: ShapePlane,
  z: number,
): OutsidePlane {
  const lobules = noisePlane(fieldSeed(parameters, "fat"), 11, z);
  const marble = noisePlane(fieldSeed(parameters, "muscle"), 7, z);
  const bones = bonePlane(patient, z);
  const chest = mediastinumPlane(patient, scan, z);
  const belly = abdomenPlane(patient, scan, z);
  const { thorax, fat } = patient;
  const edgeOfFat = fat * 0.8;

  return (x, y, depth) => {
    if (depth < 0) return tablePlane(patient, scan, x, y);
    if (depth < 1.8) return HU.skin;
    const patchy = lobules(x, y);
    const inside = shape.thorax(x, y);
    const fatHere = edgeOfFat + (Math.abs(x) / thorax.width) * 0.25 * fat + 3 * patchy;
    if (inside < 0 && depth < fatHere) return HU.fat + 12 * patchy;
    const bone = bones(x, y, -inside);
    if (bone !== null) return bone + 60 * patchy;
    if (inside >= 0) {
      return shape.diaphragm(x, y) < 0 ? belly(x, y, patchy) : chest(x, y, patchy);
    }
    // Streaks of fat between the muscles.
    const streak = marble(x, y);
    return Math.abs(streak) < 0.07 ? HU.fat * 0.6 : HU.muscle + 10 * streak;
  };
}

/** The table under the back: a shell of carbon fibre filled with foam. */
function tablePlane({ body }: Patient, { table }: Scan, x: number, y: number): number {
  const below = y - (body.depth + table) + x * x * 0.0004;
  if (below < 0 || below > 44 || Math.abs(x) > 205) return HU.air;
  return below < 2.5 || below > 41.5 ? HU.shell : HU.foam;
}

/** HU of bone, or null; `beyond` is the distance from the pleura into the chest wall. */
function bonePlane(
  { spine, ribs, thorax, apex, diaphragm }: Patient,
  z: number,
): (x: number, y: number, beyond: number) => number | null {
  const level = z / 24 - Math.floor(z / 24); // vertebrae and their discs repeat every 24 mm
  const arch = spine.y + spine.radius + 7;
  const chestLevel = z < apex && z > diaphragm.edge - 70;

  return (x, y, beyond) => {
    if (Math.abs(x) < 36 && y > spine.y - spine.radius) {
      const vertebra = circle(x, (y - spine.y) * 1.12, spine.radius);
      if (vertebra > 0) {
        if (level < 0.2) return HU.disc;
        return vertebra < 1.8 || level < 0.26 || level > 0.94 ? HU.cortex : HU.marrow;
      }
      const canal = circle(x, y - arch, 8);
      if (canal > 0) return HU.canal;
      if (canal > -3.5) return HU.cortex;
      const process = level > 0.3 && level < 0.8;
      if (process && Math.abs(y - arch - 3) < 4.5 && Math.abs(x) < 34) return HU.marrow + 120;
      if (process && Math.abs(x) < 3.2 && y > arch && y < arch + 28) return HU.marrow + 180;
    }
    if (!chestLevel || beyond < 0 || beyond > 15) return null;
    const front = y < -0.75 * thorax.depth;
    if (front && Math.abs(x) < 17 && z > -70) {
      if (beyond < 3 || beyond > 13) return null;
      return beyond < 5 || beyond > 11 ? HU.cortex * 0.7 : HU.marrow;
    }
    const turn = (z - ribs.slope * y) / ribs.pitch + ribs.phase;
    const along = ((turn - Math.floor(turn) - 0.5) * ribs.pitch) / 6.5;
    const across = (beyond - 6) / 4;
    const rib = along * along + across * across;
    if (rib > 1) return null;
    if (front && Math.abs(x) < 75) return HU.cartilage;
    return rib > 0.4 ? HU.cortex : HU.marrow;
  };
}

/** Heart, great veins and oesophagus in fat. Arteries are drawn later, as trees. */
function mediastinumPlane(
  patient: Patient,
  { blood }: Scan,
  z: number,
): (x: number, y: number, patchy: number) => number {
  const heart = ellipsePlane(patient.heart, z);
  const [cx, cy, cz] = patient.carina;
  const vein = z > patient.heart.center[2] + 10 && z < cz + 60;
  return (x, y, patchy) => {
    const within = heart === null ? -1 : heart(x, y);
    if (within > 9) return blood + 6 * patchy;
    if (within > 0) return 60 + (blood - 40) * 0.35 + 10 * patchy;
    if (vein && circle(x - cx + 24, y - cy + 14, 8.5) > 0) return blood + 10;
    if (circle(x - 7, y - cy - 17, 6) > 0) return 38;
    return patchy > 0.05 ? 42 : HU.fat + 15 * patchy;
  };
}

/** Liver, spleen and a stomach with its bubble of gas, below the diaphragm. */
function abdomenPlane(
  { diaphragm, thorax }: Patient,
  { blood }: Scan,
  z: number,
): (x: number, y: number, patchy: number) => number {
  const stomach = ellipsePlane(
    { center: [52, -22, diaphragm.edge + diaphragm.left - 42], radii: [36, 34, 34] },
    z,
  );
  const contrast = (blood - 40) * 0.25;
  const liverEnd = 34 - 0.25 * thorax.depth;
  return (x, y, patchy) => {
    const gastric = stomach === null ? -1 : stomach(x, y);
    if (gastric > 3) return y < -30 ? -960 : HU.stomach;
    if (gastric > 0) return HU.muscle;
    if (x < liverEnd - 0.3 * y) return HU.liver + contrast + 8 * patchy;
    if (y > 12) return HU.spleen + contrast * 1.2 + 6 * patchy;
    return HU.fat + 20 * patchy;
  };
}
