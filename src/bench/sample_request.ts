/**
 * For tests: a model that is timed within a moment, without a library.
 *
 * @module
 */

/** A small V-Net with seeded weights on the backend that every machine has. */
export const SAMPLE_REQUEST = {
  model: {
    model: "vnet:small",
    input: [8, 16, 16],
    options: {},
    weights: null,
    batch: 1,
    overlap: 0,
    stitching: "mean",
  },
  backend: "reference",
  precision: "fp32",
  seed: 1,
  scan: null,
} as const;
