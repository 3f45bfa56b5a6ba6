/**
 * Stopping between two executions.
 *
 * @module
 */

/** Milliseconds between two looks, which cost one each: a hundredth of the time, and no delay seen. */
const INTERVAL = 100;

/** When the event loop last had its turn, on the monotonic clock. */
let looked = -Infinity;

/**
 * Lets the event loop deliver what a blocking native call held back (Ctrl-C among it), then throws
 * the reason of the signal if it is aborted. Only a timer does so, and it waits a whole millisecond,
 * which is a third of what a small network takes for a slice: calls soon after another do not wait.
 */
export async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  if (performance.now() - looked > INTERVAL) {
    await new Promise((resume) => setTimeout(resume, 0));
    looked = performance.now();
  }
  signal.throwIfAborted();
}
