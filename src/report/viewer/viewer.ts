/**
 * A viewer of slices before it is put into a page: scans and masks, compressed slice by slice.
 *
 * @module
 */

/** A slice of a scan. */
export interface Sight {
  /** Index of the case. */
  readonly case: number;
  /** The slice, from 0; the viewer chooses where left out. */
  readonly slice?: number;
}

/** Scans to look at. */
export interface Viewer {
  /** It is a viewer. */
  readonly kind: "viewer";
  /** Its name: small letters, digits and dashes, unique in a report. */
  readonly name: string;
  /** The scans, at least one. */
  readonly scans: readonly ViewerScan[];
  /** What is shown first. */
  readonly start: Sight;
}

/** A window of grey levels. */
export interface ViewerWindow {
  /** Its name. */
  readonly text: string;
  /** Grey level (0 to 255) of every code: one table for all slices, or one a slice. */
  readonly tables: readonly Uint8Array[];
}

/** A mask of a scan. */
export interface ViewerMask {
  /** `truth`, or the model as readers meet it. */
  readonly text: string;
  /** Whether it is the truth, or of a 2-D or 3-D model. */
  readonly of: "truth" | "2D" | "3D";
  /** Foreground pixels of each slice, on the scan's own grid. */
  readonly areas: readonly number[];
  /** Those that the truth has too; null without a truth. */
  readonly hits: readonly number[] | null;
}

/** A scan with its masks. */
export interface ViewerScan {
  /** Index of the case. */
  readonly case: number;
  /** The scan as readers meet it. */
  readonly text: string;
  /** Rows and columns of a slice as it is shown. */
  readonly plane: readonly [height: number, width: number];
  /** Rows and columns of a slice of the scan itself. */
  readonly source: readonly [height: number, width: number];
  /** Height of a shown pixel over its width. */
  readonly aspect: number;
  /** Windows to choose from, the network's first. */
  readonly windows: readonly ViewerWindow[];
  /** The truth, where there is one, and masks of models; at most `MOST_MASKS`. */
  readonly masks: readonly ViewerMask[];
  /** Codes of grey values, a packed plane for each slice (`packing.ts`). */
  readonly grey: readonly Uint8Array[];
  /** Masks, bit i of a pixel that of `masks[i]`, a packed plane for each slice. */
  readonly bits: readonly Uint8Array[];
}

/** Masks that fit into the bits of a pixel. */
export const MOST_MASKS = 8;

/** Bytes that scans take in a page, their base64 included. */
export function viewerBytes(scans: readonly Pick<ViewerScan, "grey" | "bits">[]): number {
  const all = scans.flatMap(({ grey, bits }) => [...grey, ...bits]);
  return all.reduce((sum, { length }) => sum + 4 * Math.ceil(length / 3), 0);
}
