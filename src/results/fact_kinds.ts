/**
 * Kinds of facts that a gate compares without a clock.
 *
 * @module
 */

/** What can differ of two programs before either runs, and the masks that they make. */
export const FACT_KINDS = [
  "steps",
  "kernels",
  "work",
  "memory",
  "parameters",
  "weights",
  "threads",
  "libraries",
  "imports",
  "masks",
] as const;
