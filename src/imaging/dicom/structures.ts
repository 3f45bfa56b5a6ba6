/**
 * Contours of an RTSTRUCT as a mask: even-odd on the planes of the slices (PS3.3 C.8.8.6).
 *
 * @module
 */

import type { Vector } from "../affine.ts";
import { refusal } from "../refusal.ts";
import type { IngestNote } from "../volume.ts";
import { pixelOf, planeOf, type Planes } from "../masks/planes.ts";
import type { Attributes } from "./attributes.ts";

/** A structure that contours draw. */
export interface Structure {
  /** ROIName; empty where it has none. */
  readonly name: string;
  /** ROINumber. */
  readonly number: number;
  /** FrameOfReferenceUID of its contours; empty where it has none. */
  readonly frameOfReference: string;
  /** Closed contours, each a list of points in LPS+ millimetres. */
  readonly contours: readonly (readonly Vector[])[];
  /** Contours that enclose nothing: points and open lines. */
  readonly open: number;
}

/** Contours may lie off the plane of a slice by this share of the distance to the next one. */
const OFF_PLANE = 0.25;

/** The structures of an RTSTRUCT. */
export function structuresOf(file: string, from: Attributes): Structure[] {
  const contours = new Map(
    from.items("x30060039").map((item) => [item.number("x30060084"), item]),
  );
  return from.items("x30060020").map((roi): Structure => {
    const number = roi.number("x30060022") ?? NaN;
    const drawn = contours.get(number)?.items("x30060040") ?? [];
    const closed = drawn.filter((contour) =>
      /^CLOSED_PLANAR/.test(contour.text("x30060042") ?? "")
    );
    return {
      name: roi.textIn("x30060026", from) ?? "",
      number,
      frameOfReference: roi.text("x30060024") ?? "",
      contours: closed.map((contour) => pointsOf(file, contour)),
      open: drawn.length - closed.length,
    };
  });
}

function pointsOf(file: string, contour: Attributes): Vector[] {
  const values = contour.numbers("x30060050");
  if (values.length % 3 !== 0 || !values.every(Number.isFinite)) {
    throw refusal("bad-contour", `${file} has a contour whose points are not three numbers each.`);
  }
  return Array.from(
    { length: values.length / 3 },
    (_, at) => [values[3 * at], values[3 * at + 1], values[3 * at + 2]],
  );
}

/**
 * A structure on planes: pixels whose centre lies in an odd number of its contours are 1.
 *
 * @returns index i + columns * (j + rows * k)
 * @throws InputError for contours that were drawn on the slices of another scan
 */
export function drawStructure(
  file: string,
  { name, contours, open }: Structure,
  planes: Planes,
  notes: IngestNote[],
): Uint8Array<ArrayBuffer> {
  const [columns, rows] = planes.plane;
  const pixels = new Uint8Array(columns * rows * planes.positions.length);
  const heights = new Map<number, number>();
  for (const points of contours) {
    if (points.length === 0) continue;
    const places = points.map((point) => planeOf(planes, point));
    const { k } = places[0];
    const height = places.reduce((most, { off }) => Math.max(most, off), 0);
    const before = heights.get(k);
    const other = before !== undefined && Math.abs(before - places[0].off) > 0.1;
    if (height > OFF_PLANE || places.some((place) => place.k !== k) || other) {
      throw refusal(
        "other-planes",
        `${file}: contours of "${name}" do not lie on the slices of this scan.`,
        "They were drawn on another scan, or on another plane: use the scan that they refer to.",
      );
    }
    heights.set(k, places[0].off);
    const plane = pixels.subarray(k * columns * rows, (k + 1) * columns * rows);
    fill(plane, columns, rows, points.map((point) => pixelOf(planes, k, point)));
  }
  if (open > 0) {
    notes.push({
      kind: "ignored",
      rule: "open-contours",
      message: `${open} contours that enclose nothing (points, open lines)`,
    });
  }
  return pixels;
}

/** Turns over the pixels whose centres lie in a polygon, row by row. */
function fill(
  plane: Uint8Array,
  columns: number,
  rows: number,
  polygon: readonly (readonly [x: number, y: number])[],
): void {
  const ys = polygon.map(([, y]) => y);
  const first = Math.max(0, Math.ceil(ys.reduce((least, y) => Math.min(least, y), Infinity)));
  const last = Math.min(rows - 1, Math.floor(ys.reduce((most, y) => Math.max(most, y), -Infinity)));
  for (let y = first; y <= last; y++) {
    const crossings: number[] = [];
    polygon.forEach(([x1, y1], at) => {
      const [x0, y0] = polygon[at === 0 ? polygon.length - 1 : at - 1];
      // half-open, so that a corner counts once
      if ((y0 > y) !== (y1 > y)) crossings.push(x0 + (y - y0) / (y1 - y0) * (x1 - x0));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const to = Math.min(columns - 1, Math.ceil(crossings[pair + 1]) - 1);
      for (let x = Math.max(0, Math.ceil(crossings[pair])); x <= to; x++) {
        plane[y * columns + x] ^= 1;
      }
    }
  }
}
