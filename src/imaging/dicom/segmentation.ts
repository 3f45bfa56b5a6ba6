/**
 * DICOM SEG: frames of segments, in any order, without those that are empty (PS3.3 A.51).
 *
 * @module
 */

import { addScaled, dot, norm, type Vector } from "../affine.ts";
import type { PhaseHook } from "../files.ts";
import { pixelOf, planeOf, type Planes } from "../masks/planes.ts";
import { refusal } from "../refusal.ts";
import { type Attributes, PIXEL_DATA, type Tag } from "./attributes.ts";
import { compressedFrames } from "./frames.ts";
import { sliceNormal } from "./geometry.ts";
import type { LoadedDataSet } from "./open.ts";
import { SliceReader, storedArray } from "./pixels.ts";
import { type Slice, slicesOf } from "./slice.ts";
import { SYNTAX, transferSyntax } from "./transfer_syntax.ts";

/** A segment of a SEG. */
export interface Segment {
  /** SegmentNumber. */
  readonly number: number;
  /** SegmentLabel; empty where it has none. */
  readonly name: string;
}

/** A frame of a SEG: pixels of one segment, or of all in a label map. */
export interface SegmentFrame {
  /** Where it lies. */
  readonly slice: Slice;
  /** Number of its segment; null in a label map, whose values are the numbers. */
  readonly segment: number | null;
}

/** A SEG. */
export interface Segmentation {
  /** Its segments. */
  readonly segments: readonly Segment[];
  /** Its frames. */
  readonly frames: readonly SegmentFrame[];
  /** The value that means certain in a fractional one; 1 in a binary one. */
  readonly most: number;
  /** Whether values are numbers of segments. */
  readonly labels: boolean;
  /** Values of all frames, index pixel + frame * rows * columns. */
  readonly values: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
}

const PER_FRAME: Tag = "x52009230";
const SHARED: Tag = "x52009229";

/**
 * Reads a SEG.
 *
 * @throws InputError for one that does not say where its frames lie, or whose pixels cannot be read
 */
export function readSegmentation(
  path: string,
  file: string,
  { part10, attributes, source, size }: LoadedDataSet,
  onPhase: PhaseHook,
): Segmentation {
  const syntax = transferSyntax(part10.transferSyntax);
  const compressed = compressedFrames(file, attributes, source, part10.offset, size);
  const deflated = syntax.uid === SYNTAX.deflated;
  const place = deflated
    ? { bytes: attributes.bytes, offset: 0 }
    : { bytes: null, offset: part10.offset };
  const bytes = deflated ? attributes.bytes.length : size - part10.offset;
  const names = { file, path, lacks: part10.lacks };
  const slices = slicesOf(names, attributes, syntax, place, compressed, bytes);
  const lost = slices.find(({ position, orientation, pixelSpacing }) =>
    position === null || orientation === null || pixelSpacing === null
  );
  if (lost !== undefined) {
    throw refusal("no-position", `${file} does not say where each of its frames lies.`);
  }
  const kind = attributes.text("x00620001") ?? "BINARY";
  const oneBit = (attributes.unsigned("x00280100") ?? 1) === 1;
  if (oneBit && compressed !== null) {
    throw refusal(
      "compressed",
      `${file} holds single bits in compressed frames, which cannot be read.`,
      "Save it as explicit little endian.",
    );
  }
  return {
    segments: attributes.items("x00620002").map((item) => ({
      number: item.unsigned("x00620004") ?? NaN,
      name: item.textIn("x00620005", attributes) ?? "",
    })),
    frames: framesOf(file, attributes, slices, kind === "LABELMAP"),
    most: kind === "FRACTIONAL" ? attributes.unsigned("x0062000e") ?? 255 : 1,
    labels: kind === "LABELMAP",
    values: oneBit
      ? bitsOf(file, attributes, slices, place, deflated, source)
      : valuesOf(slices, onPhase),
  };
}

/** The frames with the segment of each. */
function framesOf(
  file: string,
  from: Attributes,
  slices: readonly Slice[],
  labels: boolean,
): SegmentFrame[] {
  const groups = from.items(PER_FRAME);
  const [shared] = from.items(SHARED);
  return slices.map((slice, index): SegmentFrame => {
    if (labels) return { slice, segment: null };
    const [identified] = [groups[index], shared].flatMap((group) =>
      group?.items("x0062000a") ?? []
    );
    const segment = identified?.unsigned("x0062000b");
    if (segment === undefined) {
      throw refusal("no-segment", `${file} does not say of which segment frame ${index + 1} is.`);
    }
    return { slice, segment };
  });
}

/** Single bits, eight a byte from the lowest on, without a gap between frames. */
function bitsOf(
  file: string,
  from: Attributes,
  slices: readonly Slice[],
  place: { readonly bytes: Uint8Array<ArrayBuffer> | null; readonly offset: number },
  deflated: boolean,
  source: LoadedDataSet["source"],
): Uint8Array<ArrayBuffer> {
  const [{ rows, columns }] = slices;
  const count = rows * columns * slices.length;
  const needed = Math.ceil(count / 8);
  const begin = from.place(PIXEL_DATA)?.offset ?? 0;
  const packed = deflated
    ? from.bytes.subarray(begin, begin + needed)
    : source(place.offset + begin, needed);
  if (packed.length < needed) {
    throw refusal(
      "truncated",
      `${file} is truncated: its pixels take ${needed} bytes, ${packed.length} are there.`,
      "Copy the file again.",
      { expected: needed, found: packed.length },
    );
  }
  const values = new Uint8Array(count);
  for (let at = 0; at < count; at++) values[at] = (packed[at >> 3] >> (at & 7)) & 1;
  return values;
}

function valuesOf(
  slices: readonly Slice[],
  onPhase: PhaseHook,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  for (const { defect } of slices) if (defect !== null) throw defect;
  const [{ rows, columns, format }] = slices;
  const plane = rows * columns;
  const unsigned = { ...format, signed: false };
  const values = storedArray(unsigned, plane * slices.length) as Uint8Array<ArrayBuffer>;
  using reader = new SliceReader(onPhase);
  reader.read(slices.map((slice, at) => ({
    slice: { ...slice, format: unsigned },
    target: values.subarray(at * plane, (at + 1) * plane),
  })));
  return values;
}

/** Frames may lie off the plane of a slice by this share of the distance to the next one. */
const OFF_PLANE = 0.25;
/** And their pixels off those of the slice by this share of a pixel. */
const OFF_PIXEL = 0.1;

/**
 * The pixels of planes that any of the chosen segments covers.
 *
 * @param chosen numbers of segments
 * @param threshold share of the largest value from which on a pixel of a fractional SEG counts
 * @returns index i + columns * (j + rows * k)
 * @throws InputError for frames that do not lie pixel on pixel
 */
export function drawSegments(
  file: string,
  { frames, values, most, labels }: Segmentation,
  planes: Planes,
  chosen: ReadonlySet<number>,
  threshold: number,
): Uint8Array<ArrayBuffer> {
  const [columns, rows] = planes.plane;
  const size = columns * rows;
  const pixels = new Uint8Array(size * planes.positions.length);
  const least = labels ? 0 : threshold * most;
  frames.forEach(({ slice, segment }, index) => {
    if (segment !== null && !chosen.has(segment)) return;
    const plane = slice.rows * slice.columns;
    const frame = values.subarray(index * plane, (index + 1) * plane);
    const counts = (value: number) => labels ? chosen.has(value) : value > 0 && value >= least;
    if (!frame.some(counts)) return;
    const laid = layOnto(planes, slice);
    if (laid === null) throw offPlanes(file, index);
    const { k, begin: [i0, j0], alongRow, alongColumn } = laid;
    for (let r = 0; r < slice.rows; r++) {
      for (let c = 0; c < slice.columns; c++) {
        if (!counts(frame[r * slice.columns + c])) continue;
        const i = i0 + c * alongRow[0] + r * alongColumn[0];
        const j = j0 + c * alongRow[1] + r * alongColumn[1];
        if (i < 0 || j < 0 || i >= columns || j >= rows) throw offPlanes(file, index);
        pixels[k * size + j * columns + i] = 1;
      }
    }
  });
  return pixels;
}

function offPlanes(file: string, index: number): Error {
  return refusal(
    "other-planes",
    `${file}: frame ${index + 1} does not lie on the pixels of a slice of this scan.`,
    "The SEG belongs to another scan or was resampled: use the scan that it refers to.",
  );
}

interface Laid {
  readonly k: number;
  readonly begin: readonly [number, number];
  readonly alongRow: readonly [number, number];
  readonly alongColumn: readonly [number, number];
}

/** Where a frame lies on planes: the pixel of its first one, and steps of -1, 0 or 1. */
function layOnto(planes: Planes, slice: Slice): Laid | null {
  const { position, orientation, pixelSpacing, rows, columns } = slice;
  if (position === null || orientation === null || pixelSpacing === null) return null;
  const normals = [orientation, planes].map(({ row, column }) => sliceNormal(row, column));
  if (Math.abs(dot(normals[0], normals[1])) < 0.999) return null;
  const { k, off } = planeOf(planes, position);
  if (off > OFF_PLANE) return null;
  const at = (c: number, r: number) => {
    const point = addScaled(
      addScaled(position, orientation.row, c * pixelSpacing[1]),
      orientation.column,
      r * pixelSpacing[0],
    );
    return pixelOf(planes, k, point);
  };
  const origin = at(0, 0);
  const whole = (values: readonly number[]) => {
    const near = values.map(Math.round);
    return values.every((value, axis) => Math.abs(value - near[axis]) <= OFF_PIXEL) ? near : null;
  };
  const begin = whole(origin);
  const ends = [at(columns - 1, 0), at(0, rows - 1)].map(whole);
  if (begin === null || ends[0] === null || ends[1] === null) return null;
  const step = (end: readonly number[], count: number) =>
    count < 2 ? [0, 0] : end.map((value, axis) => (value - begin[axis]) / (count - 1));
  const [alongRow, alongColumn] = [step(ends[0], columns), step(ends[1], rows)];
  const isStep = ([a, b]: readonly number[], count: number) =>
    count < 2 || (Math.abs(a) + Math.abs(b) === 1 && Number.isInteger(a));
  if (!isStep(alongRow, columns) || !isStep(alongColumn, rows)) return null;
  return {
    k,
    begin: [begin[0], begin[1]],
    alongRow: [alongRow[0], alongRow[1]],
    alongColumn: [alongColumn[0], alongColumn[1]],
  };
}

/** The planes of the frames themselves, as far apart as they lie closest: for a SEG without scan. */
export function ownPlanes(file: string, { frames }: Segmentation): Planes {
  const [{ slice }] = frames;
  const { orientation, pixelSpacing, rows, columns } = slice;
  if (orientation === null || pixelSpacing === null) {
    throw refusal("no-position", `${file} does not say where its frames lie.`);
  }
  const { row, column } = orientation;
  const normal = sliceNormal(row, column);
  const positions = frames.map(({ slice: { position } }) => position as Vector);
  const heights = positions.map((position) => dot(position, normal));
  const sorted = [...new Set(heights.map((height) => Number(height.toFixed(3))))]
    .sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((height, at) => height - sorted[at]);
  const gap = Math.min(...gaps, ...slice.between === null ? [] : [slice.between]);
  const lowest = positions[heights.indexOf(Math.min(...heights))];
  const step = Number.isFinite(gap) ? gap : 1;
  const count = Math.round((sorted[sorted.length - 1] - sorted[0]) / step) + 1;
  if (!(norm(normal) > 0.9) || count > 65536) {
    throw refusal("bad-position", `${file} has frames that lie in no stack.`);
  }
  return {
    positions: Array.from({ length: count }, (_, k) => addScaled(lowest, normal, k * step)),
    row,
    column,
    pixelSpacing,
    plane: [columns, rows],
    toVoxels: (pixels) => pixels,
  };
}
