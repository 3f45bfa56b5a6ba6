/**
 * The facts of every slice of one DICOM image: a slice is a file or a frame of a file.
 *
 * @module
 */

import type { InputError } from "../../base/errors.ts";
import { addScaled, dot, norm, scaled, type Vector } from "../affine.ts";
import { isRefusal, refusal } from "../refusal.ts";
import { modalityTold } from "../told_texts.ts";
import { type Attributes, PIXEL_DATA, type Tag } from "./attributes.ts";
import {
  type ModalityTransform,
  modalityTransform,
  NO_TRANSFORM,
  type StatedWindows,
  statedWindows,
} from "./grey_levels.ts";
import type { Codestream } from "./codestream.ts";
import { type CompressedFrame, type CompressedFrames, frameDefect } from "./frames.ts";
import {
  excessBytes,
  pixelDefect,
  type PixelFormat,
  pixelFormat,
  sizeDefect,
  streamFormat,
} from "./pixel_format.ts";
import type { TransferSyntax } from "./transfer_syntax.ts";

/** Where the bytes of a slice lie. */
export interface PixelPlace {
  /** The inflated data set that holds them; null if they are in the file as they are. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** Byte offset in `bytes` or in the file, of pixels that are plain numbers. */
  readonly offset: number;
  /** The compressed frame that holds them; null where they are plain numbers. */
  readonly frame: ReadableFrame | null;
}

/** A compressed frame that something here decodes. */
export interface ReadableFrame extends CompressedFrame {
  /** What it says of itself. */
  readonly stream: Codestream;
}

/** What the slices of one image share. */
export interface ImageFacts {
  /** The file, named as errors name it. */
  readonly file: string;
  /** Path to read it by. */
  readonly path: string;
  /** SeriesInstanceUID; empty where the file has none. */
  readonly series: string;
  /** PatientID; empty where the file has none. */
  readonly patient: string;
  /** SeriesNumber, null where there is none. */
  readonly seriesNumber: number | null;
  /** SOPClassUID; empty where the file has none. */
  readonly sopClass: string;
  /** SOPInstanceUID; empty where the file has none. */
  readonly instance: string;
  /** FrameOfReferenceUID; empty where the file has none. */
  readonly frameOfReference: string;
  /** Modality, null where the file has none of the standard's. */
  readonly modality: string | null;
  /** Whether ImageType calls it a localizer. */
  readonly localizer: boolean;
  /** Whether it is a capture of a screen or the like, by its SOP class or its ImageType. */
  readonly capture: boolean;
  /** AcquisitionNumber, null where there is none. */
  readonly acquisition: number | null;
  /** TemporalPositionIdentifier, null where there is none. */
  readonly phase: number | null;
  /** EchoNumbers, null where there is none. */
  readonly echo: number | null;
  /** ConvolutionKernel, null where there is none. */
  readonly kernel: string | null;
  /** ImageType, null where there is none. */
  readonly imageType: string | null;
  /** AcquisitionTime, or ContentTime without it, as digits; null where there is neither. */
  readonly time: string | null;
  /** Size of a slice. */
  readonly rows: number;
  /** Size of a slice. */
  readonly columns: number;
  /** How values are stored. */
  readonly format: PixelFormat;
  /** MONOCHROME1 or MONOCHROME2. */
  readonly photometric: string;
  /** PixelPaddingValue, null where there is none. */
  readonly padding: number | null;
  /** The other end of the range of padding values, PixelPaddingRangeLimit; null without. */
  readonly paddingLimit: number | null;
  /** Whether an overlay lies in bits of the pixels. */
  readonly overlay: boolean;
  /** Bytes of pixel data behind the last pixel, but for one that makes their number even. */
  readonly excess: number;
  /** GantryDetectorTilt in degrees, null where there is none. */
  readonly tilt: number | null;
  /** What the file lacks of the form of the standard. */
  readonly lacks: readonly string[];
  /** Why its pixels cannot be used, thrown when they are asked for; null for a good image. */
  readonly defect: InputError | null;
}

/** One slice of a series. */
export interface Slice extends ImageFacts {
  /** Number of its frame, from 1; null where the image has no frames. */
  readonly frameNumber: number | null;
  /** ImagePositionPatient: centre of the first voxel, LPS+ millimetres. */
  readonly position: Vector | null;
  /** Directions of a row and of a column, LPS+. */
  readonly orientation: { readonly row: Vector; readonly column: Vector } | null;
  /** Millimetres between rows and between columns. */
  readonly pixelSpacing: readonly [between_rows: number, between_columns: number] | null;
  /** SpacingBetweenSlices, null where there is none. */
  readonly between: number | null;
  /** From stored values to HU. */
  readonly transform: ModalityTransform;
  /** Windows of the metadata. */
  readonly windows: StatedWindows;
  /** Where its bytes lie. */
  readonly pixels: PixelPlace;
}

/** SOP classes of secondary captures. */
const CAPTURES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.\d)?$/;

/** Values of ImageType that pictures of reports and screens have. */
const CAPTURE_TYPES = new Set(["CSA REPORT", "SCREEN SAVE", "DOSE", "DOSE_INFO"]);

/** OverlayBitPosition of each overlay group: 0 for overlays with data of their own. */
const OVERLAY_BITS = Array.from(
  { length: 16 },
  (_, index): Tag => `x60${(2 * index).toString(16).padStart(2, "0")}0102`,
);

const PER_FRAME: Tag = "x52009230";
const SHARED: Tag = "x52009229";
const GROUP = {
  measures: "x00289110",
  position: "x00209113",
  orientation: "x00209116",
  transform: "x00289145",
  window: "x00289132",
} as const satisfies Record<string, Tag>;

/**
 * The slices of an image: one, or one a frame of an enhanced multi-frame image.
 *
 * @param place offset of the data set in the file, or the inflated bytes
 * @param compressed the frames of encapsulated pixels; null where they are plain numbers
 * @param size bytes that there are from the beginning of the data set on
 */
export function slicesOf(
  image: { readonly file: string; readonly path: string; readonly lacks: readonly string[] },
  from: Attributes,
  syntax: TransferSyntax,
  place: Pick<PixelPlace, "bytes" | "offset">,
  compressed: CompressedFrames | null,
  size: number,
): Slice[] {
  const { file } = image;
  const frames = from.number("x00280008") ?? 1;
  if (!Number.isInteger(frames) || frames < 1 || frames > 65536) {
    throw refusal("multi-frame", `${file}: NumberOfFrames is no number from 1 to 65536.`);
  }
  const groups = from.items(PER_FRAME);
  const [shared] = from.items(SHARED);
  if (frames > 1 && groups.length !== frames) {
    throw refusal(
      "multi-frame",
      `${file} has ${frames} frames but says for ${groups.length} of them where they lie.`,
      "Only enhanced multi-frame images with functional groups can be read; split the others.",
    );
  }
  const facts = imageFacts(image, from, syntax, compressed, size);
  const bytes = facts.rows * facts.columns * facts.format.allocated / 8;
  return Array.from({ length: frames }, (_, index): Slice => {
    const frame = Array.isArray(compressed) ? compressed[index] as CompressedFrame : null;
    const defect = facts.defect ??
      (frame && frameDefect(file, syntax, frame, { ...facts, ...facts.format }));
    const faults: InputError[] = [];
    const usable = <T>(work: () => T, otherwise: T): T => {
      try {
        return work();
      } catch (error) {
        if (!isRefusal(error)) throw error;
        faults.push(error as InputError);
        return otherwise;
      }
    };
    const group = (tag: Tag) => groups[index]?.items(tag)[0] ?? shared?.items(tag)[0] ?? from;
    const measures = group(GROUP.measures);
    const transform = usable(
      () => modalityTransform(file, group(GROUP.transform), facts.format.signed),
      NO_TRANSFORM,
    );
    const slice = {
      ...facts,
      frameNumber: groups.length > 0 || frames > 1 ? index + 1 : null,
      format: frame?.stream ? streamFormat(facts.format, frame.stream) : facts.format,
      defect,
      position: usable(() => positionOf(file, group(GROUP.position)), null),
      orientation: usable(() => orientationOf(file, group(GROUP.orientation)), null),
      pixelSpacing: usable(() => pixelSpacingOf(file, measures), null),
      between: positive(measures.number("x00180088")),
      transform,
      windows: statedWindows(
        group(GROUP.window),
        facts.format.signed || transform.rescale.intercept < 0,
      ),
      pixels: {
        bytes: place.bytes,
        offset: place.offset + (from.place(PIXEL_DATA)?.offset ?? 0) + index * bytes,
        frame: frame as ReadableFrame | null,
      },
    };
    return {
      ...slice,
      defect: slice.defect ?? faults[0] ?? null,
      lacks: [...slice.lacks, ...from.repairs],
    };
  });
}

function imageFacts(
  image: { readonly file: string; readonly path: string; readonly lacks: readonly string[] },
  from: Attributes,
  syntax: TransferSyntax,
  compressed: CompressedFrames | null,
  size: number,
): ImageFacts {
  const rows = from.unsigned("x00280010") ?? 0;
  const columns = from.unsigned("x00280011") ?? 0;
  const { format, defect: formatDefect } = pixelFormat(image.file, from, syntax);
  const plain = compressed === null;
  const frames = from.number("x00280008") ?? 1;
  const bytes = rows * columns * frames * format.allocated / 8;
  const padding = from.word("x00280120", format.signed);
  const imageType = from.texts("x00080008");
  return {
    ...image,
    series: from.text("x0020000e") ?? "",
    patient: from.text("x00100020") ?? "",
    seriesNumber: from.number("x00200011") ?? null,
    sopClass: from.text("x00080016") ?? "",
    instance: from.text("x00080018") ?? "",
    frameOfReference: from.text("x00200052") ?? "",
    modality: modalityTold(from.text("x00080060")),
    localizer: imageType.includes("LOCALIZER"),
    capture: CAPTURES.test(from.text("x00080016") ?? "") ||
      imageType.some((value) => CAPTURE_TYPES.has(value)),
    acquisition: whole(from.number("x00200012")),
    phase: whole(from.number("x00200100")),
    echo: whole(from.number("x00180086")),
    kernel: from.text("x00181210") ?? null,
    imageType: imageType.length === 0 ? null : imageType.join(" "),
    time: timeOf(from),
    rows,
    columns,
    format,
    photometric: from.text("x00280004") ?? "MONOCHROME2",
    padding: padding ?? null,
    paddingLimit: from.word("x00280121", format.signed) ?? null,
    overlay: OVERLAY_BITS.some((tag) => (from.unsigned(tag) ?? 0) > 0),
    excess: plain ? excessBytes(from, bytes) : 0,
    tilt: from.number("x00181120") ?? null,
    defect: formatDefect ?? sizeDefect(image.file, rows, columns) ??
      (plain
        ? pixelDefect(image.file, from, syntax, bytes, size)
        : compressed instanceof Error
        ? compressed
        : null),
  };
}

/** A whole number, null for anything else. */
function whole(value: number | undefined): number | null {
  return value !== undefined && Number.isInteger(value) ? value : null;
}

/** The time of an image as digits that compare as numbers do; null where it has none. */
function timeOf(from: Attributes): string | null {
  const time = from.text("x00080032") ?? from.text("x00080033");
  return time !== undefined && /^\d{2,6}(\.\d+)?$/.test(time) ? time : null;
}

/** ImagePositionPatient, null where the file has none. */
function positionOf(file: string, from: Attributes): Vector | null {
  const values = from.vector("x00200032", 3);
  if (values === undefined) return null;
  if (values === null) {
    throw unreadable("bad-position", file, "ImagePositionPatient", from, "x00200032", "three");
  }
  return [values[0], values[1], values[2]];
}

/** PixelSpacing, null where the file has none or it is 0. */
function pixelSpacingOf(file: string, from: Attributes): readonly [number, number] | null {
  const values = from.vector("x00280030", 2);
  if (values === undefined) return null;
  if (values === null) {
    throw unreadable("bad-pixel-spacing", file, "PixelSpacing", from, "x00280030", "two");
  }
  return positive(values[0]) !== null && positive(values[1]) !== null
    ? [values[0], values[1]]
    : null;
}

/** A value that is there and cannot be read, told with the value. */
function unreadable(
  rule: string,
  file: string,
  name: string,
  from: Attributes,
  tag: Tag,
  count: string,
): Error {
  return refusal(
    rule,
    `${file}: ${name} is "${from.text(tag)?.slice(0, 100)}", which is not ${count} numbers.`,
    `Correct ${name} (numbers with a point, set apart by backslashes).`,
  );
}

/** Directions may be off their length, and off right angles, by this: some write two digits. */
const DIRECTION_SLACK = 1e-2;

/** The two directions, made exactly one long and at right angles. */
function orientationOf(file: string, from: Attributes): Slice["orientation"] {
  const values = from.vector("x00200037", 6);
  if (values === undefined) return null;
  const [a, b, c, d, e, f] = values ?? [];
  const row = Math.hypot(a, b, c);
  const column = Math.hypot(d, e, f);
  const cosine = a * d + b * e + c * f;
  const off = Math.max(Math.abs(row - 1), Math.abs(column - 1), Math.abs(cosine));
  if (!(off <= DIRECTION_SLACK)) {
    throw unreadable("bad-orientation", file, "ImageOrientationPatient", from, "x00200037", "six");
  }
  const along: Vector = [a / row, b / row, c / row];
  const down: Vector = [d / column, e / column, f / column];
  // As they are written, but for what is no rotation: a shear that no scanner has.
  const upright = off <= 1e-3 ? down : addScaled(down, along, -dot(along, down));
  return { row: along, column: scaled(upright, 1 / norm(upright)) };
}

function positive(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : null;
}
