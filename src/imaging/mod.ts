/**
 * Imaging: scans from files to what a network sees, and masks back to files.
 *
 * @module
 */

export type {
  Affine,
  DicomSource,
  EvenGrid,
  GreyTable,
  Grid,
  IngestNote,
  IngestReport,
  Mask,
  NiftiForm,
  Rescale,
  SourceAxis,
  SourceGrid,
  SourceSlice,
  StoredVoxels,
  Volume,
  Window,
} from "./volume.ts";
export { listSeries, readAllSeries, type ReadOptions, readScan } from "./read.ts";
export type { SeriesSummary } from "./dicom/series.ts";
export { type PhaseHook, type ReadPhase } from "./files.ts";
export { scanBytes, sliceCount } from "./slice_count.ts";
export { isRefusal } from "./refusal.ts";
export {
  isLaidOnScan,
  type MaskFile,
  type MaskOptions,
  readMask,
  readTruth,
  writeMask,
} from "./masks.ts";
export {
  requireSegmentable,
  type SegmentFacts,
  writeSegmentation,
} from "./dicom/write_segmentation.ts";
export {
  type DicomSurvey,
  surveyDicom,
  type SurveyedMask,
  type SurveyedScan,
} from "./dicom/survey.ts";
export { niftiValues, type ValueKind } from "./nifti/value_kind.ts";
export { type Label } from "./masks/labels.ts";
export { type Place } from "./masks/planes.ts";
export { GRID_TOLERANCE, requireSameGrid } from "./grids.ts";
export { dtypeOf, factsOf, inspectScan, type ScanFacts, type WindowFacts } from "./inspect.ts";
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
  DEFAULT_WINDOW,
  inWords,
  LUNG_PRESET,
  planWindow,
  type SliceWindower,
  sliceWindower,
  WINDOW_NAMES,
  WINDOW_PRESETS,
  type WindowChoice,
  type WindowedCodes,
  windowedCodes,
  type WindowName,
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
export {
  costlyZeros,
  DEFAULT_FILLING,
  endsInZeros,
  type Filling,
  FILLINGS,
  overlapOf,
  slicesOf,
  type StackWindow,
  stackWindows,
} from "./stacks.ts";
export {
  DEFAULT_THRESHOLD,
  DEFAULT_WEIGHTING,
  type SliceShare,
  sliceShares,
  type SliceSink,
  stackWeights,
  Stitcher,
  type StitchOptions,
  threshold,
  type Weighting,
  WEIGHTINGS,
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
