/**
 * Files of labels, before anyone says which of them count.
 *
 * @module
 */

import type { Affine, IngestReport, NiftiForm, SourceGrid, StoredVoxels } from "../volume.ts";

/** A label that a file has a name for. */
export interface NamedLabel {
  /** What the file calls it. */
  readonly name: string;
  /** Its value. */
  readonly value: number;
  /** The layer that it lies in. */
  readonly layer: number;
}

/** Labels on a grid, as a file stores them. */
export interface LabelImage {
  /** Values in the order of the file (i fastest); several where labels overlap. */
  readonly layers: readonly StoredVoxels[];
  /** A label is value * slope + intercept. */
  readonly rescale: { readonly slope: number; readonly intercept: number };
  /** The grid of the file. */
  readonly source: SourceGrid;
  /** Whether its voxel sizes are known. */
  readonly sized: boolean;
  /** The other of two forms that say where it lies, where they differ. */
  readonly other: { readonly form: NiftiForm; readonly affine: Affine } | null;
  /** Labels with names; empty where the file has none. */
  readonly named: readonly NamedLabel[];
  /** What was noticed while reading. */
  readonly report: IngestReport;
}
