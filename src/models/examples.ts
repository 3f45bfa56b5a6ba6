/**
 * Names of models for examples and advice, so that nobody else has to know any.
 *
 * @module
 */

/** One model for each purpose; each is in the list (`models_test.ts` looks them up). */
export const EXAMPLE_MODELS = {
  /** Takes stacks, small. */
  stacks: "vnet:small",
  /** Takes slices, small. */
  slices: "unet:small",
  /** Takes stacks: the paper's, as it is read here. */
  paperStacks: "vnet:paper206",
  /** Takes slices: the paper's. */
  paperSlices: "unet",
} as const;
