/**
 * The vessels and airways of a patient.
 *
 * @module
 */

import { random } from "../../base/random.ts";
import { AORTA_RADIUS, aortaCenter } from "./lungs.ts";
import { lungPoint, type Side } from "./lung_points.ts";
import type { PhantomParameters } from "./parameters.ts";
import type { Patient, Point } from "./patient.ts";
import { growTree, type Segment } from "./tree.ts";

/** The trees of both lungs. */
export interface Trees {
  /** Arteries and veins, with their trunks. */
  readonly vessels: readonly Segment[];
  /** Lumen of trachea, bronchi and smaller airways. */
  readonly airways: readonly Segment[];
  /** The same with their walls. */
  readonly walls: readonly Segment[];
}

/** Radius of the last drawn vessels and airways, in mm. */
const LEAF_RADIUS = { vessel: 0.65, airway: 0.9 } as const;

/** Grows the trees of a patient; they are the same at every visit. */
export function treesOf(parameters: PhantomParameters, patient: Patient): Trees {
  const vessels: Segment[] = [];
  const airways: Segment[] = [];
  const { carina } = patient;
  for (const side of ["right", "left"] as const) {
    const sign = side === "right" ? -1 : 1;
    const draw = random(parameters.seed, "trees", parameters.index, side);
    const hilum: Point = [carina[0] + sign * 26, carina[1] + 4, carina[2] - 22];
    const trunk: Point = [carina[0] + sign * 12, carina[1] - 16, carina[2] - 14];
    const atrium: Point = [
      patient.heart.center[0] * 0.4 + sign * 16,
      carina[1] + 4,
      carina[2] - 38,
    ];

    const arterial = points(parameters, patient, side, "artery");
    const venous = points(parameters, patient, side, "vein");
    vessels.push(...growTree(draw, trunk, arterial, LEAF_RADIUS.vessel));
    vessels.push(...growTree(draw, atrium, venous, LEAF_RADIUS.vessel));
    // An airway runs beside an artery: it ends where every third artery does.
    const beside = arterial.filter((_point, index) => index % 3 === 0);
    airways.push({ from: carina, to: hilum, radiusFrom: 6.5, radiusTo: 5.5 });
    airways.push(...growTree(draw, hilum, beside, LEAF_RADIUS.airway));
  }
  vessels.push(...aorta(patient));
  const top: Point = [carina[0], carina[1] - 12, patient.apex + 120];
  airways.push({ from: top, to: carina, radiusFrom: 8.5, radiusTo: 8 });
  const walls = airways.map((lumen) => ({
    ...lumen,
    radiusFrom: lumen.radiusFrom * 1.15 + 0.6,
    radiusTo: lumen.radiusTo * 1.15 + 0.6,
  }));
  return { vessels, airways, walls };
}

/** Ascending aorta, arch and descending aorta. */
function aorta(patient: Patient): Segment[] {
  const [cx, cy, cz] = patient.carina;
  const [x, y] = aortaCenter(patient);
  const course: readonly (readonly [Point, number])[] = [
    [[cx - 8, cy - 30, cz - 45], 15],
    [[cx - 14, cy - 32, cz + 12], 14],
    [[cx - 2, cy - 16, cz + 27], 13.5],
    [[x - 4, y - 14, cz + 22], 13],
    [[x, y, cz + 4], AORTA_RADIUS],
    [[x, y, -400], AORTA_RADIUS],
  ];
  return course.slice(1).map(([to, radiusTo], index) => {
    const [from, radiusFrom] = course[index];
    return { from, to, radiusFrom, radiusTo };
  });
}

/** The end points of one tree. */
function points(
  parameters: PhantomParameters,
  patient: Patient,
  side: Side,
  label: string,
): Point[] {
  const draw = random(parameters.seed, "ends", parameters.index, side, label);
  const found: Point[] = [];
  for (let index = 0; index < parameters.vesselBranches; index++) {
    const point = lungPoint(draw, patient, side, 4);
    if (point !== null) found.push(point.at);
  }
  return found;
}
