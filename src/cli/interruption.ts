/**
 * Ctrl-C.
 *
 * @module
 */

import { EXIT, InterruptedError } from "../base/errors.ts";

/**
 * Runs work that Ctrl-C stops at its next safe point; a second Ctrl-C ends the process at once.
 *
 * @param kept what to tell the user of the work so far
 */
export async function interruptible<T>(
  kept: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    controller.abort(new InterruptedError("interrupted", { advice: kept }));
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    return await work(controller.signal);
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
  }
}
