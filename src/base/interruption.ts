/**
 * Stopping between two executions.
 *
 * @module
 */

/**
 * Lets the event loop deliver what a blocking native call held back (Ctrl-C among it), then throws
 * the reason of the signal if it is aborted.
 */
export async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  await new Promise((resume) => setTimeout(resume, 0));
  signal.throwIfAborted();
}
