/**
 * What the study on phantoms runs, in the order of its results.
 *
 * @module
 */

/** A training of `benchmarks/training/phantom.json`, and how its stacks overlap in inference. */
export interface PhantomModel {
  /** Name of the training. */
  readonly training: string;
  /** Share of each stack; 0 for slices. */
  readonly overlap: number;
}

/** Each V-Net without overlap, and with that of its training. */
export const PHANTOM_MODELS: readonly PhantomModel[] = [
  { training: "unet-small", overlap: 0 },
  { training: "vnet-small-overlap-0", overlap: 0 },
  { training: "vnet-small-overlap-0.375", overlap: 0 },
  { training: "vnet-small-overlap-0.375", overlap: 0.375 },
  { training: "vnet-small-overlap-0.625", overlap: 0 },
  { training: "vnet-small-overlap-0.625", overlap: 0.625 },
];

/** Sets of phantoms by seed: two that shipped weights were judged by, and a fresh one. */
export const PHANTOM_SETS = [
  { seed: 101, scans: 12 },
  { seed: 202, scans: 16 },
  { seed: 303, scans: 12 },
] as const;
