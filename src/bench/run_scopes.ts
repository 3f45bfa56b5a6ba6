/**
 * What one timed run can be of.
 *
 * @module
 */

/** The network on random input, or a scan from memory to memory. */
export const RUN_SCOPES = ["network", "case"] as const satisfies readonly RunScope[];

/** One of them. */
export type RunScope = "network" | "case";
