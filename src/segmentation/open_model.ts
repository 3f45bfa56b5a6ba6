/**
 * The short way from a model's name to the mask of a scan.
 *
 * @module
 */

import type { Backend, Precision } from "../backends/mod.ts";
import {
  DEFAULT_THRESHOLD,
  type Filling,
  type Mask,
  planWindow,
  type Volume,
  type Weighting,
  type WindowChoice,
} from "../imaging/mod.ts";
import { type OptionTexts, parseOptions, resolveModel } from "../models/mod.ts";
import { segment } from "./segment.ts";
import type { SegmentOptions } from "./segment_options.ts";
import { openSegmenter, prepareModel, requireSegments, type Segmenter } from "./segmenter.ts";

/** How to open a model. */
export interface OpenModelOptions {
  /** Path of trained weights (safetensors); null for seeded random ones. */
  readonly weights: string | null;
  /** What stands before each name of the weights (default: nothing). */
  readonly stripPrefix?: string;
  /** Spatial sizes (D,) H, W (default: those the model is meant for). */
  readonly input?: readonly number[];
  /** Settings by their Python keyword names, also as `k=v,k=v` (default: none). */
  readonly options?: OptionTexts | string;
  /**
   * Slices at once, for 2-D models (default: `auto`, as many as fit the memory of a GPU, or the cache
   * of the processor).
   */
  readonly batch?: number | "auto";
  /** Share of each stack that overlaps the next, for 3-D models (default: 0). */
  readonly overlap?: number;
  /** How overlapping stacks are averaged (default: `mean`). */
  readonly stitching?: Weighting;
  /** What fills stacks that reach past the end of a scan, for 3-D models (default: zeros). */
  readonly filling?: Filling;
  /** Element type of activations and weights (default: `fp32`). */
  readonly precision?: Precision;
  /** Seed of random weights (default: 1). */
  readonly seed?: number;
}

/**
 * Opens a model on a backend. It must be disposed of.
 *
 * @param name such as `vnet:small`, or the file of a network such as `./net.ts`
 * @throws InputError for names, options or weights that do not fit; ShapeError for illegal sizes;
 *   MissingError when the backend cannot run it here
 */
export async function openModel(
  backend: Backend,
  name: string,
  request: OpenModelOptions,
): Promise<Segmenter> {
  const { options = {}, precision = "fp32", seed = 1, ...rest } = request;
  const prepared = prepareModel({
    batch: "auto",
    overlap: 0,
    stitching: "mean",
    ...rest,
    model: await resolveModel(name),
    options: typeof options === "string" ? parseOptions(options) : options,
  }, seed);
  requireSegments(prepared.model);
  return openSegmenter(backend, prepared, precision);
}

/** How to segment a scan. */
export interface SegmentScanOptions extends Partial<SegmentOptions> {
  /** The window: of the metadata, a preset, centre and width, or none (default: `metadata`). */
  readonly window?: WindowChoice;
}

/**
 * Segments a scan.
 *
 * @param options threshold 0.2 and the window of the metadata where nothing else is said
 * @returns the mask on the scan's own grid, in the canonical order (z, y, x)
 * @throws InputError when the window does not fit the scan; the reason of the signal
 */
export async function segmentScan(
  scan: Volume,
  model: Segmenter,
  { window = "metadata", threshold = DEFAULT_THRESHOLD, ...rest }: SegmentScanOptions = {},
): Promise<Mask> {
  const options = { window: planWindow(scan, window), threshold, ...rest };
  const { mask } = await segment(scan, model, options);
  const { shape, spacing, affine } = scan;
  return { voxels: mask, shape, spacing, affine };
}
