/**
 * A scan in memory, in the one canonical orientation.
 *
 * @module
 */

/** A typed array of stored voxels. */
export type StoredVoxels =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Four rows of an affine matrix from voxel indices (x, y, z) to millimetres. */
export type Affine = readonly [
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
];

/** Where the voxels of a volume lie in the patient. */
export interface Grid {
  /** Voxels along z (inferior to superior), y (anterior to posterior), x (right to left). */
  readonly shape: readonly [z: number, y: number, x: number];
  /** Millimetres between voxel centres along z, y, x; null where the file does not say. */
  readonly spacing: readonly [z: number, y: number, x: number] | null;
  /** Voxel indices (x, y, z) of the canonical volume to RAS+ millimetres (NIfTI's world). */
  readonly affine: Affine;
}

/** A table from HU to grey levels (PS3.3 C.11.2.1.1): a VOI LUT. */
export interface GreyTable {
  /** HU of the first entry; what lies below gets that entry, what lies above the last one. */
  readonly first: number;
  /** Grey levels, from 0 to `most`. */
  readonly values: Uint16Array<ArrayBuffer>;
  /** The largest grey level that its bits can hold. */
  readonly most: number;
}

/** A grey-level window of DICOM PS3.3 C.11.2.1. */
export interface Window {
  /** Window centre, in HU. */
  readonly center: number;
  /** Window width, in HU. */
  readonly width: number;
  /** The VOI LUT function. */
  readonly function: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
  /** What the file calls it, such as `LUNG`; left out where it has no name. */
  readonly name?: string;
  /** The table that a VOI LUT is; its centre and width are the middle and length of it. */
  readonly table?: GreyTable;
}

/** How a stored voxel becomes a Hounsfield unit: HU = stored * slope + intercept. */
export interface Rescale {
  /** Multiplier. */
  readonly slope: number;
  /** Addend, in HU. */
  readonly intercept: number;
}

/** One thing noticed while reading a scan. */
export interface IngestNote {
  /** `found`: a fact; `repaired`: changed as the standard allows; `ignored`: left out; `warning`. */
  readonly kind: "found" | "repaired" | "ignored" | "warning";
  /** Stable short name of the rule, such as `sorted-by-position`. */
  readonly rule: string;
  /** What happened, for a person; free of file names and of anything that could name a patient. */
  readonly message: string;
  /** Base names of the files it is about; left out of results, since names may hold patient data. */
  readonly files?: readonly string[];
}

/** What reading a scan found, repaired and ignored. */
export type IngestReport = readonly IngestNote[];

/**
 * A scan: stored voxels in canonical order with what gives them meaning.
 *
 * Axis order is (z, y, x): z runs from inferior to superior, y from anterior to posterior, x from
 * the patient's right to the left (DICOM's LPS+ axes, reversed to memory order). `source` says
 * how to write a mask back on the grid of the file that was read.
 */
export interface Volume extends Grid {
  /** Stored values, index (z * Y + y) * X + x. */
  readonly voxels: StoredVoxels;
  /** One rescale for all slices, or one a slice (length Z). */
  readonly rescale: readonly Rescale[];
  /** Windows of the metadata, one list a slice or one for all; empty where there are none. */
  readonly windows: readonly (readonly Window[])[];
  /** What kind of file it came from. */
  readonly format: "dicom" | "nifti";
  /** Modality as stated (`CT`), null where the file does not say. */
  readonly modality: string | null;
  /** The grid as stored in the source, for writing masks back on it. */
  readonly source: SourceGrid;
  /** What was found, repaired, ignored. */
  readonly report: IngestReport;
  /** The slices of a DICOM scan; left out for others. */
  readonly dicom?: DicomSource;
}

/** One of the two ways in which a NIfTI file says where its voxels lie. */
export type NiftiForm = "sform" | "qform";

/** Where slices lie, and the grid that is made of them. */
export interface EvenGrid {
  /** Voxels along i, j, k of the grid. */
  readonly shape: readonly [i: number, j: number, k: number];
  /** (i, j, k) of the grid to LPS+ millimetres. */
  readonly affine: Affine;
  /** Columns and rows of a slice. */
  readonly plane: readonly [columns: number, rows: number];
  /** Planes of the grid from one slice's height to the first one's, for each slice. */
  readonly heights: readonly number[];
  /** Pixels of the grid at which each slice begins, along i and j. */
  readonly begins: readonly (readonly [i: number, j: number])[];
}

/** One slice of a DICOM scan as the file that holds it names it. */
export interface SourceSlice {
  /** Path of the file. */
  readonly path: string;
  /** Number of the frame in the file, from 1; null where the file is the slice. */
  readonly frameNumber: number | null;
  /** SOPClassUID; empty where the file has none. */
  readonly sopClass: string;
  /** SOPInstanceUID; empty where the file has none. */
  readonly instance: string;
  /** Centre of its first pixel, LPS+ millimetres; null where unknown. */
  readonly position: readonly [number, number, number] | null;
}

/** The slices that a DICOM scan was read from, for truths and masks that refer to them. */
export interface DicomSource {
  /** In order along their normal, as the source grid has them. */
  readonly slices: readonly SourceSlice[];
  /** Columns and rows of a slice. */
  readonly plane: readonly [columns: number, rows: number];
  /** Directions of a row and of a column, LPS+; null where unknown. */
  readonly orientation: {
    readonly row: readonly [number, number, number];
    readonly column: readonly [number, number, number];
  } | null;
  /** Millimetres between rows and between columns; null where unknown. */
  readonly pixelSpacing: readonly [between_rows: number, between_columns: number] | null;
  /** FrameOfReferenceUID; empty where the files have none. */
  readonly frameOfReference: string;
  /** The grid that they were interpolated to; null where the volume has them as they are. */
  readonly even: EvenGrid | null;
}

/** The grid of the file that was read, and how the canonical axes map to it. */
export interface SourceGrid {
  /** Sizes along the file's own i, j, k (i fastest). */
  readonly shape: readonly [i: number, j: number, k: number];
  /** (i, j, k) to RAS+ millimetres. */
  readonly affine: Affine;
  /** Three letters: the direction towards which i, j, k run, such as `LPS`. */
  readonly orientation: string;
  /** For each canonical axis x, y, z: the source axis (0 = i) and whether it is reversed. */
  readonly axes: readonly [SourceAxis, SourceAxis, SourceAxis];
  /**
   * NIfTI's code of the world space (1 scanner, 2 aligned, 3 Talairach, 4 MNI, 0 unknown); 1 if left
   * out.
   */
  readonly spaceCode?: number;
}

/** One canonical axis as an axis of the source. */
export interface SourceAxis {
  /** 0 for i, 1 for j, 2 for k. */
  readonly axis: 0 | 1 | 2;
  /** Whether the canonical direction runs against it. */
  readonly reversed: boolean;
}

/** A binary mask on a grid: 0 or 1 a voxel, in the canonical order (z, y, x). */
export interface Mask extends Grid {
  /** 0 or 1, index (z * Y + y) * X + x. */
  readonly voxels: Uint8Array<ArrayBuffer>;
}
