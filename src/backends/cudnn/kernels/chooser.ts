/**
 * Choosing among the ways to do steps.
 *
 * @module
 */

import type { Choice } from "./choice.ts";

/** What finds out which way to do a step is the fastest. */
export interface Chooser {
  /** The way that was the fastest for a step before; undefined where it is not known. */
  fastest(step: string): string | undefined;
  /** Forgets the fastest way of a step, which is there no more. */
  forget(step: string): void;
  /** Lets each choice take its fastest way. */
  tune(choices: readonly Choice[]): void;
}
