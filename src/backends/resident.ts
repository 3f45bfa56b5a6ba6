/**
 * What can stay on a device from one execution to the next, where it has memory of its own.
 *
 * @module
 */

import type { Learner, LearningPlan } from "./learning.ts";
import type { FinishedSlices, ScanPlan } from "./scan.ts";

/** A device with memory of its own, as an executable lets it be used. */
export interface Resident {
  /**
   * Takes a whole scan through the device, a group of slices at a time, and tells which slices each
   * one finished.
   *
   * @throws MissingError when the device has no room
   */
  scan(plan: ScanPlan): Generator<FinishedSlices, void>;
  /**
   * Keeps weights and moments on the device while they are trained; null where it cannot.
   *
   * @throws MissingError when the device has no room
   */
  learner(plan: LearningPlan): Learner | null;
}
