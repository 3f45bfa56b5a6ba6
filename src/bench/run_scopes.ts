/**
 * What one timed run can be of.
 *
 * @module
 */

/** The network on random input, or a scan from memory to memory. */
export const RUN_SCOPES = ["network", "case"] as const;

/** One of them. */
export type RunScope = typeof RUN_SCOPES[number];
