/**
 * Where the voxels of a NIfTI file lie: sform, then qform, then voxel sizes alone, as nibabel does,
 * unless the other form is asked for.
 *
 * @module
 */

import {
  affineOf,
  column,
  cross,
  dot,
  farthestCorner,
  norm,
  shear,
  type Vector,
} from "../affine.ts";
import { refusal } from "../refusal.ts";
import type { Affine, IngestNote, NiftiForm } from "../volume.ts";

/** The fields of a header that say where voxels lie. */
export interface WorldFields {
  /** 1 or 2. */
  readonly version: 1 | 2;
  /** The header's bytes. */
  readonly view: DataView;
  /** Their order. */
  readonly littleEndian: boolean;
  /** Voxels along i, j, k. */
  readonly shape: readonly [number, number, number];
  /** How many dimensions the header states: 1 to 7. */
  readonly dimensions: number;
  /** pixdim[0..7]; those behind the dimensions that are stated mean nothing. */
  readonly pixdim: readonly number[];
  /** qform_code. */
  readonly qform: number;
  /** sform_code. */
  readonly sform: number;
  /** quatern_b, _c, _d. */
  readonly quaternion: Vector;
  /** qoffset_x, _y, _z. */
  readonly offset: Vector;
  /** Spatial part of xyzt_units: 1 metre, 2 millimetre, 3 micrometre, 0 unknown. */
  readonly units: number;
}

/** What a file says of where it lies. */
export interface World {
  /** (i, j, k) to RAS+ millimetres. */
  readonly affine: Affine;
  /** Code of its space; 0 where unknown. */
  readonly spaceCode: number;
  /** Whether its voxel sizes are known. */
  readonly sized: boolean;
  /** The other form, where it says something else; null where it says the same or nothing. */
  readonly other: { readonly form: NiftiForm; readonly affine: Affine } | null;
}

/** The largest code of a space that NIfTI has; files with others are taken to state none. */
const LAST_CODE = 5;

/** Forms may be apart by this share of the smallest voxel side: quaternions round. */
const FORMS_APART = 0.01;

/** Sheared by more than this (as |cosine| of two axes) is noted ... */
const SHEAR_NOTED = 1e-3;
/** ... and by more than this refused: 3 degrees. Distances along axes mean little then. */
const SHEAR_REFUSED = 0.05;
/**
 * A quaternion may be longer than 1 by float32 rounding, as nibabel allows; where it is shorter by
 * as little, that is rounding too, of half a turn: its root would turn the volume by 0.03 degrees.
 */
const QUATERNION_SLACK = 3 * 2 ** -23;

/**
 * The affine in millimetres, its space, and whether the other form disagrees.
 *
 * @param form which form to take where both are there and differ; sform if left out
 */
export function worldOf(
  file: string,
  fields: WorldFields,
  form: NiftiForm | undefined,
  notes: IngestNote[],
): World {
  const codes = { sform: legalCode(fields.sform), qform: legalCode(fields.qform) };
  for (const name of ["sform", "qform"] as const) {
    if (codes[name] !== null) continue;
    notes.push({
      kind: "repaired",
      rule: "bad-code",
      message: `the ${name}_code ${fields[name]} is none of NIfTI's: the ${name} counts as absent`,
    });
  }
  const factor = unitOf(fields.units, notes);
  const stated = {
    sform: codes.sform ? inMillimetres(sformAffine(fields), factor) : null,
    qform: codes.qform ? inMillimetres(qformAffine(file, fields), factor) : null,
  };
  const taken = form !== undefined && stated[form] !== null
    ? form
    : stated.sform !== null
    ? "sform"
    : "qform";
  const affine = stated[taken];
  if (affine === null) return bareWorld(file, fields, factor, notes);
  requireUsable(file, affine, notes);
  noteVoxelSizes(affine, fields, notes);
  const left = taken === "sform" ? "qform" : "sform";
  const apart = stated[left] === null ? 0 : formsApart(affine, stated[left], fields.shape);
  const affineLeft = apart > FORMS_APART ? stated[left] : null;
  const other = affineLeft && { form: left, affine: affineLeft } as const;
  if (other !== null) {
    notes.push({
      kind: "warning",
      rule: "forms-disagree",
      message: `sform and qform say different places (corners are ${short(apart)} voxels apart); ` +
        `the ${taken} is used, the option form takes the ${left}`,
    });
  }
  return { affine, spaceCode: codes[taken] ?? 0, sized: true, other };
}

function legalCode(code: number): number | null {
  return code >= 0 && code <= LAST_CODE ? code : null;
}

/** How far the same corner lies apart in two affines, in sides of the smallest voxel. */
function formsApart(a: Affine, b: Affine, shape: WorldFields["shape"]): number {
  const side = Math.min(...([0, 1, 2] as const).map((axis) => norm(column(a, axis))));
  return farthestCorner(a, b, shape) / side;
}

/**
 * A file that states no orientation; nor sizes, where they are all 1 of no unit, or one of them
 * belongs to a dimension that it does not have: pixdim[i] is stated for i of 1 to dim[0] alone.
 */
function bareWorld(
  file: string,
  fields: WorldFields,
  factor: number,
  notes: IngestNote[],
): World {
  notes.push({
    kind: "warning",
    rule: "orientation-unknown",
    message: "the file states no orientation (sform and qform codes are 0): LAS is assumed, as " +
      "nibabel does; left and right may be swapped",
  });
  const whole = fields.dimensions >= 3;
  const sized = whole &&
    (fields.units !== 0 || [1, 2, 3].some((axis) => Math.abs(fields.pixdim[axis]) !== 1));
  if (!sized) {
    notes.push({
      kind: "warning",
      rule: "no-spacing",
      message: (whole
        ? "voxel sizes are 1 without a unit, as files have that state none"
        : `the file has ${fields.dimensions} dimensions and states no voxel size of others`) +
        ": nothing can be told in millimetres",
    });
  }
  const affine = inMillimetres(bareAffine(fields), factor);
  requireUsable(file, affine, notes);
  return { affine, spaceCode: 0, sized, other: null };
}

function sformAffine({ version, view, littleEndian }: WorldFields): Affine {
  const at = (row: number, index: number) =>
    version === 1
      ? view.getFloat32(280 + 4 * (4 * row + index), littleEndian)
      : view.getFloat64(400 + 8 * (4 * row + index), littleEndian);
  const columns = [0, 1, 2, 3].map((index): Vector => [at(0, index), at(1, index), at(2, index)]);
  return affineOf(columns[0], columns[1], columns[2], columns[3]);
}

function qformAffine(file: string, { pixdim, quaternion, offset }: WorldFields): Affine {
  const [b, c, d] = quaternion;
  const rest = 1 - dot(quaternion, quaternion);
  if (!(rest >= -QUATERNION_SLACK)) {
    throw refusal("bad-affine", `${file} has a qform whose quaternion is no rotation.`);
  }
  const a = rest < QUATERNION_SLACK ? 0 : Math.sqrt(rest);
  const two = 2 / (a * a + dot(quaternion, quaternion));
  const handed = pixdim[0] < 0 ? -1 : 1;
  const [x, y, z] = [Math.abs(pixdim[1]), Math.abs(pixdim[2]), Math.abs(pixdim[3]) * handed];
  return affineOf(
    [(1 - two * (c * c + d * d)) * x, two * (b * c + a * d) * x, two * (b * d - a * c) * x],
    [two * (b * c - a * d) * y, (1 - two * (b * b + d * d)) * y, two * (c * d + a * b) * y],
    [two * (b * d + a * c) * z, two * (c * d - a * b) * z, (1 - two * (b * b + c * c)) * z],
    offset,
  );
}

/** Voxel sizes alone, 1 where none is stated: x flipped and the middle of the volume at 0. */
function bareAffine({ pixdim, dimensions, shape }: WorldFields): Affine {
  const [x, y, z] = [1, 2, 3].map((axis) => axis > dimensions ? 1 : Math.abs(pixdim[axis]));
  const middle = shape.map((size) => (size - 1) / 2);
  return affineOf([-x, 0, 0], [0, y, 0], [0, 0, z], [
    x * middle[0],
    -y * middle[1],
    -z * middle[2],
  ]);
}

/** What a length of a file is multiplied by to make millimetres. */
function unitOf(units: number, notes: IngestNote[]): number {
  const factor = units === 1 ? 1000 : units === 3 ? 0.001 : 1;
  if (factor !== 1) {
    notes.push({
      kind: "repaired",
      rule: "units",
      message: `${units === 1 ? "metres" : "micrometres"} made millimetres`,
    });
  }
  return factor;
}

function inMillimetres(affine: Affine, factor: number): Affine {
  if (factor === 1) return affine;
  const times = (index: 0 | 1 | 2 | 3): Vector => {
    const [x, y, z] = column(affine, index);
    return [x * factor, y * factor, z * factor];
  };
  return affineOf(times(0), times(1), times(2), times(3));
}

/**
 * Refuses an affine that maps voxels to no volume, or that leans too far; notes one that leans.
 *
 * @param affine (i, j, k) to millimetres
 */
export function requireUsable(file: string, affine: Affine, notes: IngestNote[]): void {
  const steps = [column(affine, 0), column(affine, 1), column(affine, 2)];
  const sizes = steps.map(norm);
  // The volume of a voxel relative to a box of its sizes: 0 where two axes coincide.
  const volume = Math.abs(dot(cross(steps[0], steps[1]), steps[2])) /
    (sizes[0] * sizes[1] * sizes[2]);
  const finite = affine.flat().every((value) => Number.isFinite(value) && Math.abs(value) < 1e9);
  if (!finite || !sizes.every((size) => size > 1e-6) || !(volume > 1e-3)) {
    throw refusal(
      "bad-affine",
      `${file} has an affine that maps voxels to no volume (not finite, or axes of length 0 or ` +
        "alike).",
      "Correct its sform or qform.",
    );
  }
  const cosine = shear(affine);
  if (cosine > SHEAR_REFUSED) {
    throw refusal(
      "sheared",
      `${file} has a sheared affine: two axes are ${
        (Math.acos(cosine) * 180 / Math.PI).toFixed(1)
      } degrees apart instead of 90.`,
      "Resample it to a grid with right angles (a tilted gantry does this).",
    );
  }
  if (cosine > SHEAR_NOTED) {
    notes.push({
      kind: "warning",
      rule: "sheared",
      message: `two axes are ${
        (Math.acos(cosine) * 180 / Math.PI).toFixed(2)
      } degrees apart; spacing is taken along each axis`,
    });
  }
}

/** pixdim is not used beside an sform; where they disagree, someone should know. */
function noteVoxelSizes(affine: Affine, fields: WorldFields, notes: IngestNote[]): void {
  const factor = fields.units === 1 ? 1000 : fields.units === 3 ? 0.001 : 1;
  const sizes = ([0, 1, 2] as const).map((axis) => norm(column(affine, axis)));
  const stated = [1, 2, 3].map((axis) => Math.abs(fields.pixdim[axis]) * factor);
  if (sizes.some((size, axis) => Math.abs(size - stated[axis]) > 1e-3 * size)) {
    notes.push({
      kind: "warning",
      rule: "pixdim-differs",
      message: `pixdim says ${stated.map(short).join(" x ")} mm, the affine ${
        sizes.map(short).join(" x ")
      } mm; the affine is used`,
    });
  }
}

function short(value: number): string {
  return String(Number(value.toFixed(4)));
}
