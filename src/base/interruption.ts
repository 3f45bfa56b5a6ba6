/**
 * Stopping between two executions.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/**
 * Lets the event loop deliver what a blocking native call held back (Ctrl-C among it), then throws
 * the reason of the signal if it is aborted. One turn of the loop takes microseconds; a timer of 0
 * would wait a whole millisecond, which is a third of what a small network takes for a slice.
 */
export async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resume) => setImmediate(resume));
  signal.throwIfAborted();
}
