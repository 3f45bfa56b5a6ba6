/**
 * Executions one after another, on a device that copies while it computes.
 *
 * @module
 */

import type { Bindings } from "./bindings.ts";

/**
 * Executions under way, two at most: while one runs, the inputs of the next one go up and the outputs
 * of the last one come down.
 */
export interface Passes extends Disposable {
  /**
   * Begins an execution; the inputs may be changed as soon as this returns.
   *
   * @throws InputError when a binding is missing, has the wrong number of elements, or holds what is
   *   not finite
   */
  submit(inputs: Bindings): void;
  /**
   * Waits for the execution that was begun first and is not taken yet, and gives its outputs.
   *
   * @throws InputError when a binding is missing or has the wrong number of elements
   */
  take(outputs: Bindings): void;
}
