/**
 * Ctrl-C, and its like from a scheduler.
 *
 * @module
 */

import { EXIT, InterruptedError } from "../base/errors.ts";

/** What asks the process to end: Ctrl-C, and what schedulers and containers send first. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs work that a signal stops at its next safe point; a second one ends the process at once.
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
  for (const signal of signals()) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals()) Deno.removeSignalListener(signal, stop);
  }
}

/** Windows has no SIGTERM. */
function signals(): readonly typeof SIGNALS[number][] {
  return Deno.build.os === "windows" ? ["SIGINT"] : SIGNALS;
}
