/**
 * A scan to a mask: slices in, through a network in stacks or batches, probabilities stitched and
 * cut at a threshold.
 *
 * @module
 */

export { networkMask, type NetworkScan, networkScan } from "./network_scan.ts";
export {
  foregroundOf,
  type ForegroundPlace,
  type Grouping,
  type NetworkShape,
  networkShape,
} from "./network_shape.ts";
export { type SegmentHook, type SegmentPhase, untimed } from "./phases.ts";
export {
  openModel,
  type OpenModelOptions,
  segmentScan,
  type SegmentScanOptions,
} from "./open_model.ts";
export { type Protocol, protocolOf } from "./protocol.ts";
export { type Network, segment, segmentNetworkScan } from "./segment.ts";
export type { Segmentation, SegmentOptions } from "./segment_options.ts";
export {
  compileModel,
  fitDevice,
  type ModelRequest,
  openSegmenter,
  type PreparedModel,
  prepareModel,
  requireFeasible,
  requireSegments,
  type Segmenter,
} from "./segmenter.ts";
