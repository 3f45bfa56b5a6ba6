/**
 * Stackbench: a reproducible benchmark harness for segmenting CT scans in 3D and in 2D.
 *
 * @module
 */

export * from "./src/base/errors.ts";
