/**
 * A part of the check: a whole scan, stored voxels in memory to mask in memory, against PyTorch.
 *
 * @module
 */

import type { Backend, Precision } from "../../src/backends/backend.ts";
import { elements } from "../../src/base/shapes.ts";
import { random } from "../../src/base/random.ts";
import { Stopwatch } from "../../src/bench/mod.ts";
import { openSegmenter, prepareModel, segment } from "../../src/segmentation/mod.ts";
import { affineOf, canonicalSource, planWindow, type Volume } from "../../src/imaging/mod.ts";
import type { ScanResult } from "../../src/results/mod.ts";
import { interleave } from "./interleaved.ts";
import type { ScanRequest } from "./request.ts";
import { requireSameMasks } from "./same_masks.ts";

const SEED = 1;

/** Probability from which on a voxel is foreground. */
const THRESHOLD = 0.2;

/**
 * Times whole scans.
 *
 * @throws Error when what overlaps shows in a mask
 */
export async function timeScans(backend: Backend, request: ScanRequest): Promise<ScanResult> {
  const { model: name, spatial, batch, shape, python, patience, rounds, runs } = request;
  const precision = request.precision as Precision;
  const volume = noise(shape);
  const prepared = prepareModel({
    model: name,
    input: spatial,
    options: {},
    weights: null,
    batch,
    overlap: 0,
    stitching: "mean",
  }, SEED);
  using segmenter = openSegmenter(backend, prepared, precision);
  await requireSameMasks(volume, segmenter);
  const { model: { inputShape: input }, flops } = prepared;
  const { arena, weights, scratch } = segmenter.executable.memory;
  let [executions, phases]: [number, ScanResult["phases"]] = [0, {}];
  const once = async () => {
    const stopwatch = new Stopwatch();
    const start = stopwatch.now();
    const { groups } = await segment(volume, segmenter, {
      window: planWindow(volume, "lung"),
      threshold: THRESHOLD,
      hook: stopwatch,
    });
    [executions, phases] = [groups.length, stopwatch.seconds() as ScanResult["phases"]];
    return stopwatch.now() - start;
  };
  const before = backend.state?.();
  const { ours, peers } = await interleave({
    ours: once,
    ownMemory: arena + weights + scratch,
    peers: request.modes.map((mode) => ({ model: name, input, precision, mode, scan: shape })),
    python,
    patience,
    rounds,
    runs,
  });
  const after = backend.state?.();
  return {
    kind: "scan",
    model: name,
    input,
    precision,
    flops,
    ours,
    peers,
    state: before && after ? { before, after } : null,
    shape,
    executions,
    phases,
  };
}

/** Values that are drawn; the scan repeats them. */
const DRAWN = 1 << 16;

/** A scan of seeded noise from air to soft tissue, 16-bit as scanners store it. */
function noise(shape: readonly [number, number, number]): Volume {
  const grid = {
    shape,
    spacing: [1, 1, 1] as const,
    affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]),
  };
  const voxels = new Int16Array(elements(shape));
  const stream = random(SEED, "noise");
  const drawn = Math.min(DRAWN, voxels.length);
  for (let i = 0; i < drawn; i++) voxels[i] = -1000 + stream.integer(1400);
  for (let filled = drawn; filled < voxels.length; filled *= 2) {
    voxels.copyWithin(filled, 0, Math.min(filled, voxels.length - filled));
  }
  return {
    ...grid,
    voxels,
    rescale: [{ slope: 1, intercept: 0 }],
    windows: [],
    format: "nifti",
    modality: "CT",
    source: canonicalSource(grid),
    report: [],
  };
}
