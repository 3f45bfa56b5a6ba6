/**
 * Masks: reading truths in the forms they come in, and writing predictions back where the scan lies.
 *
 * @module
 */

import { basename } from "node:path";
import { affineOf, cross, dot, flipWorld, type Vector } from "./affine.ts";
import { guarded, loadDataSet, startRoom } from "./dicom/open.ts";
import { drawSegments, ownPlanes, readSegmentation } from "./dicom/segmentation.ts";
import { drawStructure, type Structure, structuresOf } from "./dicom/structures.ts";
import { kindOf, readStart, unhooked } from "./files.ts";
import { isSameGrid, latticeOffset, requireSameGrid } from "./grids.ts";
import { type LabelImage } from "./masks/label_image.ts";
import { chosenLabels, type Label, maskOfLabels } from "./masks/labels.ts";
import { isMetaImage, readMetaImage } from "./masks/meta_image.ts";
import { isNrrd, readNrrd } from "./masks/nrrd.ts";
import { type Place, type Planes, planesOf } from "./masks/planes.ts";
import { looksLikeNifti, readNiftiLabels } from "./nifti/read.ts";
import { writeNiftiMask } from "./nifti/write.ts";
import {
  canonicalGrid,
  canonicalSource,
  sourceGrid,
  sourceParts,
  toCanonical,
} from "./orientation.ts";
import { type ReadOptions } from "./read.ts";
import { refusal } from "./refusal.ts";
import { modalityTold } from "./told_texts.ts";
import type { Grid, IngestNote, IngestReport, Mask, SourceGrid, Volume } from "./volume.ts";

/** A mask with what its file said. */
export interface MaskFile extends Mask {
  /** The grid as stored in the file. */
  readonly source: SourceGrid;
  /** What was noticed while reading. */
  readonly report: IngestReport;
}

/** What can be said about how to read a mask. */
export interface MaskOptions extends Pick<ReadOptions, "onPhase" | "form"> {
  /**
   * Labels that count as foreground: numbers of labels or segments, names of segments or
   * structures. Every label but 0 if left out; of an RTSTRUCT the only structure.
   */
  readonly labels?: readonly Label[];
  /** The scan or grid that it is laid onto; needed for an RTSTRUCT, which has none of its own. */
  readonly on?: Place;
  /** `scan`: the voxels correspond to those of `on`, whatever the file says of where they lie. */
  readonly geometry?: "file" | "scan";
  /** Share of certainty from which on a pixel of a fractional SEG counts; 0.5 if left out. */
  readonly threshold?: number;
}

/** Bytes that tell what a file is. */
const START = 600;

/** Whether a mask is told in millimetres (SEG, RTSTRUCT), and gets its voxels from a scan. */
export function isLaidOnScan(path: string): boolean {
  if (kindOf(path) === "folder") return false;
  const start = readStart(path, START);
  return !isNrrd(start) && !isMetaImage(start) && !looksLikeNifti(path, unhooked);
}

/**
 * Reads a mask: NIfTI, NRRD, MetaImage, DICOM SEG or RTSTRUCT. What counts becomes 1, the rest 0.
 *
 * @throws InputError naming the file and what is wrong: labels that it has not, values that are no
 * labels (a probability map is not a mask), frames or contours that do not lie on the scan
 */
export function readMask(path: string, options: MaskOptions = {}): MaskFile {
  const onPhase = options.onPhase ?? unhooked;
  if (kindOf(path) === "folder") {
    throw refusal(
      "not-a-mask-file",
      `${path} is a folder; a mask is one file.`,
      "Name the NIfTI, NRRD, MetaImage, DICOM SEG or RTSTRUCT file.",
    );
  }
  const start = onPhase("read", () => readStart(path, START));
  if (isNrrd(start)) return ofLabels(path, onPhase("read", () => readNrrd(path)), options);
  if (isMetaImage(start)) {
    return ofLabels(
      path,
      onPhase("read", () => readMetaImage(path)),
      options,
    );
  }
  if (looksLikeNifti(path, onPhase)) {
    return ofLabels(path, readNiftiLabels(path, onPhase, options.form), options);
  }
  return guarded(basename(path), () => ofDicom(path, options));
}

/** A mask of labels on a grid of their own. */
function ofLabels(path: string, image: LabelImage, options: MaskOptions): MaskFile {
  const onPhase = options.onPhase ?? unhooked;
  const source = options.geometry === "scan" && options.on !== undefined
    ? geometryOf(path, image, options.on)
    : image.source;
  const notes: IngestNote[] = [...image.report];
  const stored = onPhase("decode", () => maskOfLabels(path, image, options.labels, notes));
  const grid = canonicalGrid(source);
  const sized = image.sized || source !== image.source;
  return {
    voxels: onPhase("decode", () => toCanonical(stored, source)),
    ...grid,
    spacing: sized ? grid.spacing : null,
    source,
    report: notes,
  };
}

/** The grid of a scan for voxels that correspond to its own, in the order of its file. */
function geometryOf(path: string, { source }: LabelImage, on: Place): SourceGrid {
  const wanted = on.source ?? canonicalSource(on);
  if (source.shape.every((size, axis) => size === wanted.shape[axis])) return wanted;
  throw refusal(
    "other-grid",
    `${basename(path)} has ${source.shape.join("x")} voxels (i, j, k) and the scan ` +
      `${wanted.shape.join("x")}: they do not correspond.`,
    "Use a mask on the scan's own grid.",
  );
}

/** Objects of DICOM that are no masks, in words. */
const NO_MASK = "Name a NIfTI, NRRD, MetaImage, DICOM SEG or RTSTRUCT file.";

function ofDicom(path: string, options: MaskOptions): MaskFile {
  const onPhase = options.onPhase ?? unhooked;
  const file = basename(path);
  const loaded = loadDataSet(path, file, onPhase, startRoom());
  if ("kind" in loaded) {
    throw refusal(
      "unknown-format",
      `${path} is no mask: its first bytes are of no format known here.`,
      NO_MASK,
    );
  }
  const modality = loaded.attributes.text("x00080060");
  if (modality === "SEG") {
    return ofSegmentation(path, readSegmentation(path, file, loaded, onPhase), options);
  }
  if (modality === "RTSTRUCT") {
    return ofStructures(path, structuresOf(file, loaded.attributes), options);
  }
  throw refusal(
    "not-a-mask",
    `${path} is DICOM but no mask (${modalityTold(modality) ?? "no modality"}).`,
    NO_MASK,
  );
}

function ofSegmentation(
  path: string,
  segmentation: ReturnType<typeof readSegmentation>,
  options: MaskOptions,
): MaskFile {
  const file = basename(path);
  const notes: IngestNote[] = [];
  const { segments, frames } = segmentation;
  const named = segments.map(({ number, name }) => ({ name, value: number, layer: 0 }));
  const used = new Set(segments.map(({ number }) => number));
  const absent = options.labels?.find((label) => typeof label === "number" && !used.has(label));
  if (absent !== undefined) {
    const list = segments.map(({ number, name }) => `${number} ${name}`).join(", ");
    throw refusal("no-such-label", `${path} has no segment ${absent}; it has ${list}.`);
  }
  const chosen = new Set(
    chosenLabels(path, options.labels, used, named, notes).map(({ value }) => value),
  );
  const { orientation, frameOfReference } = frames[0].slice;
  noteFrame(frameOfReference, options.on, notes);
  const normal = cross(orientation!.row, orientation!.column);
  const planes = options.on === undefined
    ? ownPlanes(file, segmentation)
    : planesOf(options.on, normal);
  const pixels = drawSegments(file, segmentation, planes, chosen, options.threshold ?? 0.5);
  return laid(pixels, planes, options.on, notes);
}

function ofStructures(
  path: string,
  structures: readonly Structure[],
  options: MaskOptions,
): MaskFile {
  const file = basename(path);
  if (options.on === undefined) {
    throw refusal(
      "needs-scan",
      `${file} holds contours, which make a mask only on the slices of their scan.`,
      "Name the scan too: --scan PATH.",
    );
  }
  const notes: IngestNote[] = [];
  const chosen = chosenStructures(path, structures, options.labels);
  const first = chosen.flatMap(({ contours }) => contours).find(({ length }) => length > 2);
  const planes = planesOf(options.on, first === undefined ? [0, 0, 1] : normalOf(first));
  const pixels = new Uint8Array(
    planes.plane[0] * planes.plane[1] * planes.positions.length,
  );
  const frames = new Set(chosen.map(({ frameOfReference }) => frameOfReference));
  for (const frame of frames) noteFrame(frame, options.on, notes);
  for (const structure of chosen) {
    const own = drawStructure(file, structure, planes, notes);
    for (let at = 0; at < pixels.length; at++) pixels[at] |= own[at];
  }
  return laid(pixels, planes, options.on, notes);
}

/** Structures by name, all of them that share it, or by number; the only one where none is named. */
function chosenStructures(
  path: string,
  structures: readonly Structure[],
  labels: readonly Label[] | undefined,
): readonly Structure[] {
  const names = structures.map(({ name }) => name).join(", ");
  if (labels === undefined) {
    if (structures.length === 1) return structures;
    throw refusal(
      "several-structures",
      `${path} holds ${structures.length} structures (${names}).`,
      'Choose by name: --labels NAME, or "labels": ["NAME"] in a manifest.',
    );
  }
  return labels.flatMap((label) => {
    const found = structures.filter(({ name, number }) => name === label || number === label);
    if (found.length > 0) return found;
    throw refusal("no-such-label", `${path} has no structure ${label}; it has ${names}.`);
  });
}

/** Tells where a mask was drawn in another frame of reference than that of the scan. */
function noteFrame(own: string, on: Place | undefined, notes: IngestNote[]): void {
  const other = on?.dicom?.frameOfReference ?? "";
  if (own === "" || other === "" || own === other) return;
  notes.push({
    kind: "warning",
    rule: "other-frame",
    message: "the mask names another frame of reference than the scan: it may have been drawn on " +
      "another scan of the patient, or identifiers were replaced",
  });
}

/** A direction across a contour. */
function normalOf(points: readonly Vector[]): Vector {
  let best: Vector = [0, 0, 1];
  let most = 0;
  const [a] = points;
  const from = (point: Vector): Vector => [point[0] - a[0], point[1] - a[1], point[2] - a[2]];
  const second = from(points[points.length >> 1]);
  for (const point of points) {
    const candidate = cross(second, from(point));
    const size = dot(candidate, candidate);
    if (size > most) [most, best] = [size, candidate];
  }
  const length = Math.sqrt(dot(best, best));
  return [best[0] / length, best[1] / length, best[2] / length];
}

/** Pixels of planes as a mask of the place they were laid onto, or on a grid of their own. */
function laid(
  pixels: Uint8Array<ArrayBuffer>,
  planes: Planes,
  on: Place | undefined,
  report: IngestReport,
): MaskFile {
  if (on !== undefined) {
    const { shape, spacing, affine } = on;
    const source = on.source ?? canonicalSource(on);
    return { voxels: planes.toVoxels(pixels), shape, spacing, affine, source, report };
  }
  const source = sourceGrid(
    [planes.plane[0], planes.plane[1], planes.positions.length],
    affineOfPlanes(planes),
    1,
  );
  return { voxels: toCanonical(pixels, source), ...canonicalGrid(source), source, report };
}

function affineOfPlanes({ positions, row, column, pixelSpacing }: Planes) {
  const normal = cross(row, column);
  const step: Vector = positions.length > 1
    ? [
      positions[1][0] - positions[0][0],
      positions[1][1] - positions[0][1],
      positions[1][2] - positions[0][2],
    ]
    : normal;
  const times = (vector: Vector, factor: number): Vector => [
    vector[0] * factor,
    vector[1] * factor,
    vector[2] * factor,
  ];
  return flipWorld(
    affineOf(times(row, pixelSpacing[1]), times(column, pixelSpacing[0]), step, positions[0]),
  );
}

/**
 * The truth of a scan: a mask on its grid. One that covers only a part of it, voxel on voxel, as
 * programs save masks that they have cropped, is filled up with zeros.
 *
 * @param names what errors call the scan and the mask
 * @throws InputError where the mask cannot be read or lies on another grid, with what the difference
 * looks like and what mends it
 */
export function readTruth(
  path: string,
  scan: Place,
  options: MaskOptions = {},
  names: readonly [string, string] = ["the image", "the truth"],
): MaskFile {
  const mask = readMask(path, { ...options, on: scan });
  if (isSameGrid(scan, mask)) return mask;
  const offset = latticeOffset(scan, mask);
  const inside = offset?.every((from, axis) =>
    from >= 0 && from + mask.shape[axis] <= scan.shape[axis]
  );
  if (offset === null || !inside) {
    requireSameGrid(scan, mask, names);
    throw refusal("other-grid", `${names[1]} reaches beyond ${names[0]}.`);
  }
  return { ...mask, ...filledUp(mask, scan, offset) };
}

/** A mask on a larger grid, at an offset along z, y, x. */
function filledUp(
  mask: MaskFile,
  scan: Place,
  [fromZ, fromY, fromX]: readonly [number, number, number],
): Pick<MaskFile, "voxels" | "shape" | "spacing" | "affine" | "source" | "report"> {
  const { shape, spacing, affine } = scan;
  const [slices, rows, columns] = mask.shape;
  const voxels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0; z < slices; z++) {
    for (let y = 0; y < rows; y++) {
      const from = (z * rows + y) * columns;
      const to = ((z + fromZ) * shape[1] + y + fromY) * shape[2] + fromX;
      voxels.set(mask.voxels.subarray(from, from + columns), to);
    }
  }
  const note: IngestNote = {
    kind: "repaired",
    rule: "cropped-mask",
    message: `the mask covers ${mask.shape.join("x")} of ${shape.join("x")} voxels; the rest is 0`,
  };
  const source = scan.source ?? canonicalSource(scan);
  return { voxels, shape, spacing, affine, source, report: [...mask.report, note] };
}

/**
 * Writes a mask of a scan as NIfTI (uint8), atomically; the same mask gives the same bytes.
 *
 * For a NIfTI scan the file has its shape, axis order and affine; for a DICOM scan, whose files
 * are slices, the canonical grid (x to the left, y to the back, z up) with its RAS+ affine. Where
 * the scan does not say where it lies, or how large its voxels are, nor does the mask (sform_code
 * and qform_code 0): its voxels correspond, in the order that readers assume then (LAS).
 *
 * @param path `.nii` or `.nii.gz`
 * @param mask 0 or 1 a voxel of the scan, in its canonical order
 */
export function writeMask(
  path: string,
  mask: Uint8Array<ArrayBuffer>,
  scan: Pick<Volume, "shape" | "spacing" | "affine" | "format" | "source">,
): void {
  const voxels = scan.shape[0] * scan.shape[1] * scan.shape[2];
  if (mask.length !== voxels) {
    throw refusal(
      "other-grid",
      `A mask of ${mask.length} voxels does not fit a scan of ${scan.shape.join("x")}.`,
    );
  }
  const sized = scan.spacing !== null;
  const source = scan.format === "nifti"
    ? scan.source
    : sized
    ? canonicalSource(scan)
    : unplacedSource(scan);
  const { shape, affine, spaceCode = 1 } = source;
  writeNiftiMask(path, { shape, affine, spaceCode, sized }, sourceParts(mask, source));
}

/** The grid of a file that states no orientation: readers take it for LAS. */
function unplacedSource({ shape: [z, y, x], affine }: Grid): SourceGrid {
  return {
    shape: [x, y, z],
    affine,
    orientation: "LAS",
    axes: [{ axis: 0, reversed: false }, { axis: 1, reversed: true }, { axis: 2, reversed: false }],
    spaceCode: 0,
  };
}
