/**
 * Puts the phantom together, slice by slice.
 *
 * @module
 */

import { random } from "../../base/random.ts";
import type { Affine, Mask, Volume } from "../../imaging/volume.ts";
import { frameOf } from "./frame.ts";
import { type PhantomParameters, phantomParameters, type PhantomRequest } from "./parameters.ts";
import { patientOf, scanOf } from "./patient.ts";
import { sliceRenderer } from "./render.ts";
import { noiseSlice } from "./scanner.ts";

/** A phantom in memory. */
export interface Phantom {
  /** The scan: HU as Int16, canonical order, slope 1 and intercept 0. */
  readonly volume: Volume;
  /** Ground glass and consolidation: 1 where a voxel's centre lies in a lesion. */
  readonly lesion: Mask;
  /** The lungs with their vessels, airways and lesions. */
  readonly lung: Mask;
  /** All parameters, defaults included. */
  readonly parameters: PhantomParameters;
}

/** One slice of a phantom; index y * X + x. */
export interface PhantomSlice {
  /** Which slice, 0 nearest the feet. */
  readonly z: number;
  /** HU, -1024 to 3071. */
  readonly hu: Int16Array<ArrayBuffer>;
  /** 0 or 1. */
  readonly lesion: Uint8Array<ArrayBuffer>;
  /** 0 or 1. */
  readonly lung: Uint8Array<ArrayBuffer>;
}

/** Where and how a phantom lies in space, known before any voxel is made. */
export interface PhantomGrid {
  /** Voxels along z, y, x. */
  readonly shape: PhantomParameters["shape"];
  /** Millimetres along z, y, x. */
  readonly spacing: PhantomParameters["spacing"];
  /** The first voxel's centre in DICOM's LPS millimetres (x, y, z), in whole micrometres. */
  readonly origin: readonly [x: number, y: number, z: number];
  /** Voxel indices (x, y, z) to RAS+ millimetres. */
  readonly affine: Affine;
}

/** Share of a slice's noise that its neighbours share, before normalisation. */
const NOISE_NEIGHBOUR = 0.2;

/**
 * A synthetic chest CT with exact masks; a pure function of its parameters.
 *
 * @param request A seed and whatever departs from {@link phantomParameters}' defaults.
 * @returns HU and masks on one grid, (z, y, x).
 * @throws {InputError} Where a parameter is outside its range.
 *
 * @example
 * ```ts
 * import { phantom } from "./phantom.ts";
 * import assert from "node:assert/strict";
 * const { volume, lung } = phantom({ seed: 1, shape: [5, 32, 32] });
 * assert.deepEqual(volume.shape, [5, 32, 32]);
 * assert.ok(lung.voxels.includes(1));
 * ```
 */
export function phantom(request: PhantomRequest): Phantom {
  const parameters = phantomParameters(request);
  const grid = phantomGrid(parameters);
  const [slices, rows, columns] = grid.shape;
  const plane = rows * columns;
  const hu = new Int16Array(slices * plane);
  const lesion = new Uint8Array(slices * plane);
  const lung = new Uint8Array(slices * plane);
  for (const slice of phantomSlices(parameters)) {
    hu.set(slice.hu, slice.z * plane);
    lesion.set(slice.lesion, slice.z * plane);
    lung.set(slice.lung, slice.z * plane);
  }
  const { shape, spacing, affine } = grid;
  const volume: Volume = {
    shape,
    spacing,
    affine,
    voxels: hu,
    rescale: [{ slope: 1, intercept: 0 }],
    windows: [],
    format: "nifti",
    modality: "CT",
    source: {
      shape: [columns, rows, slices],
      affine,
      orientation: "LPS",
      axes: [
        { axis: 0, reversed: false },
        { axis: 1, reversed: false },
        { axis: 2, reversed: false },
      ],
    },
    report: [{
      kind: "found",
      rule: "synthetic",
      message: "a phantom computed from a seed, not a scan of a person",
    }],
  };
  return {
    volume,
    lesion: { shape, spacing, affine, voxels: lesion },
    lung: { shape, spacing, affine, voxels: lung },
    parameters,
  };
}

/** The grid of a phantom. */
export function phantomGrid(parameters: PhantomParameters): PhantomGrid {
  const frame = frameOf(parameters, scanOf(parameters).offset);
  const micrometre = (value: number) => Math.round(value * 1000) / 1000;
  const [sz, sy, sx] = parameters.spacing;
  const [x, y, z] = [micrometre(frame.x(0)), micrometre(frame.y(0)), micrometre(frame.z(0))];
  return {
    shape: parameters.shape,
    spacing: parameters.spacing,
    origin: [x, y, z],
    affine: [[-sx, 0, 0, -x], [0, -sy, 0, -y], [0, 0, sz, z], [0, 0, 0, 1]],
  };
}

/**
 * The slices of a phantom from the feet up, made one at a time: memory stays at a few slices
 * however many there are. Each slice depends on the parameters and its own height only.
 */
export function* phantomSlices(parameters: PhantomParameters): Generator<PhantomSlice> {
  const patient = patientOf(parameters);
  const scan = scanOf(parameters);
  const frame = frameOf(parameters, scan.offset);
  const render = sliceRenderer(parameters, patient, scan, frame);
  const { rows, columns } = frame;
  const noiseSeed =
    random(parameters.seed, "noise", parameters.index, parameters.visit).integer(2 ** 32) | 0;
  const noiseAt = (k: number) =>
    noiseSlice(noiseSeed, k, rows, columns, frame.pixel, scan.noise.length);

  // Variance of a box as wide as the slice is thick, in slices, spread over three samples.
  const thickness = Math.max(parameters.thickness, frame.step) / frame.step;
  const side = Math.min(0.25, (thickness * thickness) / 24);
  const gain = 1 / Math.sqrt(1 + 2 * NOISE_NEIGHBOUR * NOISE_NEIGHBOUR);

  let [below, here] = [render(-1), render(0)];
  let [noiseBelow, noiseHere] = [noiseAt(-1), noiseAt(0)];
  for (let k = 0; k < frame.slices; k++) {
    const above = render(k + 1);
    const noiseAbove = noiseAt(k + 1);
    const hu = new Int16Array(rows * columns);
    for (let at = 0; at < hu.length; at++) {
      const value = here.hu[at] + side * (below.hu[at] - 2 * here.hu[at] + above.hu[at]);
      const noise = noiseHere[at] + NOISE_NEIGHBOUR * (noiseBelow[at] + noiseAbove[at]);
      const rounded = Math.round(value + here.sigma[at] * gain * noise);
      hu[at] = rounded < -1024 ? -1024 : rounded > 3071 ? 3071 : rounded;
    }
    yield { z: k, hu, lesion: here.lesion, lung: here.lung };
    [below, here] = [here, above];
    [noiseBelow, noiseHere] = [noiseHere, noiseAbove];
  }
}
