/**
 * Imaging: scans from files to what a network sees, and masks back to files.
 *
 * @module
 */

export type {
  Affine,
  Grid,
  IngestNote,
  IngestReport,
  Mask,
  Rescale,
  SourceAxis,
  SourceGrid,
  StoredVoxels,
  Volume,
  Window,
} from "./volume.ts";
export { listSeries, readAllSeries, type ReadOptions, readScan } from "./read.ts";
export type { SeriesSummary } from "./dicom/series.ts";
export { type PhaseHook, type ReadPhase } from "./files.ts";
export { isRefusal } from "./refusal.ts";
export {
  GRID_TOLERANCE,
  type MaskFile,
  type MaskOptions,
  readMask,
  requireSameGrid,
  writeMask,
} from "./masks.ts";
export { dtypeOf, factsOf, inspectScan, type ScanFacts } from "./inspect.ts";
export {
  hounsfieldSlice,
  type HounsfieldSource,
  type HounsfieldSummary,
  hounsfieldSummary,
  huSha256,
} from "./hounsfield.ts";
export {
  applyWindow,
  clippedLungShare,
  planWindow,
  type SliceWindower,
  sliceWindower,
  WINDOW_PRESETS,
  type WindowChoice,
  type WindowedCodes,
  windowedCodes,
  type WindowPlan,
  type WindowPreset,
  windowSlice,
} from "./windowing.ts";
export { FIELD_CHOICES, type FieldChoice, findField, lungField } from "./field.ts";
export {
  type Field,
  imageResizer,
  imageTaps,
  type PixelRange,
  type PlaneSize,
  type PlaneTaps,
  probabilityResizer,
  probabilityTaps,
  resizeMask,
  type Resizer,
  samePlane,
  type Taps,
} from "./resizing.ts";
export { overlapOf, type StackWindow, stackWindows } from "./stacks.ts";
export {
  DEFAULT_THRESHOLD,
  type SliceShare,
  sliceShares,
  type SliceSink,
  stackWeights,
  Stitcher,
  type StitchOptions,
  threshold,
  type Weighting,
} from "./stitching.ts";
export { encodeNifti, type NiftiImage, requireNiftiName, writeNifti } from "./nifti/write.ts";
export {
  canonicalGrid,
  canonicalSource,
  sourceGrid,
  toCanonical,
  toSource,
} from "./orientation.ts";
export { affineOf, locate, type Vector } from "./affine.ts";
