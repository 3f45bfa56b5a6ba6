/**
 * What may differ between results that are compared.
 *
 * @module
 */

/** Names of what may differ. */
export const FACTORS = ["backend", "precision", "model", "commit", "machine"] as const;
