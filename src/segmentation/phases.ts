/**
 * Phases of segmenting, told to whoever times them.
 *
 * @module
 */

/** Steps between the stored voxels and the mask, in order of the data's way. */
export type SegmentPhase = "window" | "resize" | "upload" | "execute" | "download" | "stitch";

/** Stands around each piece of work: a benchmark adds up the time per phase. */
export interface SegmentHook {
  /** Runs a piece of a phase once and gives what it gives; called many times a scan, never nested. */
  time<T>(phase: SegmentPhase, work: () => T): T;
  /** Runs what belongs to no phase, even inside of one, once, and gives what it gives. */
  apart<T>(work: () => T): T;
}

/** The hook that only runs the work. */
export const untimed: SegmentHook = {
  time: (_phase, work) => work(),
  apart: (work) => work(),
};
