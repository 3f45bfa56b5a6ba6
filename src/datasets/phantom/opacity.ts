/**
 * Opacities of the lung: lesions (ground glass, consolidation) and what merely looks like them
 * (scars, nodules).
 *
 * An opacity is a rotated ellipsoid whose surface is displaced by noise in space. Noise, edge and
 * shape are given in mm and are the same in all directions, so an opacity goes on from slice to
 * slice exactly as it goes on within a slice.
 *
 * @module
 */

import { type Random, random } from "../../base/random.ts";
import { inward, lungPoint, type Side } from "./lung_points.ts";
import type { PhantomParameters } from "./parameters.ts";
import { between, type Patient, type Point } from "./patient.ts";

/** What an opacity is. */
export type OpacityKind = "ground-glass" | "cored" | "consolidation" | "scar" | "nodule";

/** One opacity. */
export interface Opacity {
  /** What it is; scars and nodules are not part of the truth. */
  readonly kind: OpacityKind;
  /** Its middle. */
  readonly center: Point;
  /** Three orthogonal unit vectors: across the pleura, and two along it. */
  readonly axes: readonly [Point, Point, Point];
  /** Half axes along them, in mm. */
  readonly radii: Point;
  /** HU in the middle, and in the core where there is one. */
  readonly hu: { readonly outer: number; readonly core: number };
  /** Half width of the soft edge, in mm. */
  readonly edge: number;
  /** How far noise moves the surface, as a share of the radius, and its scale in mm. */
  readonly rough: { readonly share: number; readonly period: number };
  /** Strength of the net of thickened septa inside (crazy paving), in HU. */
  readonly net: number;
  /** Seed of the noise. */
  readonly seed: number;
}

/** Whether an opacity belongs to the truth. */
export function isLesion({ kind }: Opacity): boolean {
  return kind !== "scar" && kind !== "nodule";
}

/** The opacities of one scan: first what is no lesion, then the lesions. */
export function opacitiesOf(parameters: PhantomParameters, patient: Patient): Opacity[] {
  const labels = [parameters.index, parameters.visit] as const;
  const others = random(parameters.seed, "distractors", ...labels);
  const found: (Opacity | null)[] = [];
  const distractors = Math.round(between(others, parameters.distractors));
  for (let index = 0; index < distractors; index++) found.push(distractor(others, patient));

  const draw = random(parameters.seed, "lesions", ...labels);
  const count = parameters.lesions ? Math.round(between(draw, parameters.lesionCount)) : 0;
  // One scan has small or large lesions throughout: severity varies between patients.
  const severity = 0.75 + 0.5 * draw.uniform();
  for (let index = 0; index < count; index++) {
    found.push(lesion(parameters, patient, draw, severity));
  }
  return found.filter((opacity) => opacity !== null);
}

function lesion(
  parameters: PhantomParameters,
  patient: Patient,
  draw: Random,
  severity: number,
): Opacity | null {
  const peripheral = draw.uniform() < parameters.peripheral;
  const place = lesionPlace(draw, patient, peripheral);
  const mean = between(draw, parameters.lesionRadius) * severity;
  const [pure, core] = parameters.consolidation;
  const which = draw.uniform();
  const kind = which < pure ? "consolidation" : which < pure + core ? "cored" : "ground-glass";
  const dense = between(draw, parameters.consolidationHu);
  const glass = between(draw, parameters.groundGlassHu);
  const size = kind === "consolidation" ? mean * 0.75 : mean;
  // Peripheral lesions spread along the pleura more than they reach into the lung.
  const flat = peripheral ? 0.5 + 0.3 * draw.uniform() : 0.8 + 0.2 * draw.uniform();
  const radii: Point = [
    size * flat,
    size * (0.9 + 0.5 * draw.uniform()),
    size * (0.9 + 0.5 * draw.uniform()),
  ];
  const edge = between(
    draw,
    kind === "consolidation" ? parameters.consolidationEdge : parameters.groundGlassEdge,
  );
  const net = kind !== "consolidation" && draw.uniform() < 0.35 ? 80 + 120 * draw.uniform() : 0;
  const seed = draw.integer(2 ** 32) | 0;
  if (place === null) return null;
  return {
    kind,
    center: place,
    axes: basis(draw, inward(patient, place)),
    radii,
    hu: { outer: kind === "consolidation" ? dense : glass, core: dense },
    edge: Math.min(edge, radii[0] * 0.5),
    rough: { share: 0.35 + 0.3 * draw.uniform(), period: Math.max(6, size * 0.6) },
    net,
    seed,
  };
}

/** Where a lesion lies: below the pleura or anywhere, more often at the back and at the base. */
function lesionPlace(draw: Random, patient: Patient, peripheral: boolean): Point | null {
  const side: Side = draw.uniform() < 0.5 ? "right" : "left";
  const height = patient.apex - patient.diaphragm.edge;
  for (let attempt = 0; attempt < 300; attempt++) {
    const point = lungPoint(draw, patient, side, peripheral ? 2 : 14);
    if (point === null) return null;
    const back = 0.5 + (0.5 * point.at[1]) / patient.thorax.depth;
    const low = Math.max(0, 1 - (point.at[2] - patient.diaphragm.edge) / height);
    const wanted = 0.1 + 0.55 * back + 0.35 * low;
    if ((!peripheral || point.outer < 12) && draw.uniform() < wanted) return point.at;
  }
  return null;
}

/** A scar: a thin plate; or a nodule: a small ball. */
function distractor(draw: Random, patient: Patient): Opacity | null {
  const side: Side = draw.uniform() < 0.5 ? "right" : "left";
  const scar = draw.uniform() < 0.6;
  const place = lungPoint(draw, patient, side, scar ? 1 : 6);
  const length = between(draw, [8, 22]);
  const radius = between(draw, [1.5, 4]);
  const hu = scar ? between(draw, [-350, 0]) : between(draw, [-50, 350]);
  const seed = draw.integer(2 ** 32) | 0;
  if (place === null) return null;
  const tilt: Point = [draw.normal(), draw.normal(), draw.normal()];
  return {
    kind: scar ? "scar" : "nodule",
    center: place.at,
    axes: basis(draw, unit(tilt)),
    radii: scar ? [between(draw, [1, 2.2]), length, length * 0.6] : [radius, radius, radius],
    hu: { outer: hu, core: hu },
    edge: 0.8,
    rough: { share: scar ? 0.4 : 0.1, period: 7 },
    net: 0,
    seed,
  };
}

/** Three orthogonal unit vectors that start with `first`, turned around it at random. */
function basis(draw: Random, first: Point): [Point, Point, Point] {
  const guess: Point = [draw.normal(), draw.normal(), draw.normal() + 0.01];
  const along = guess[0] * first[0] + guess[1] * first[1] + guess[2] * first[2];
  const second = unit([
    guess[0] - along * first[0],
    guess[1] - along * first[1],
    guess[2] - along * first[2],
  ]);
  const third: Point = [
    first[1] * second[2] - first[2] * second[1],
    first[2] * second[0] - first[0] * second[2],
    first[0] * second[1] - first[1] * second[0],
  ];
  return [first, second, third];
}

function unit([x, y, z]: Point): Point {
  const length = Math.max(1e-9, Math.sqrt(x * x + y * y + z * z));
  return [x / length, y / length, z / length];
}
