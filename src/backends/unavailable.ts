/**
 * What a probe says of a backend that cannot be opened.
 *
 * @module
 */

import { messageOf, StackbenchError } from "../base/errors.ts";
import { ChangedLibraryError } from "../platform/libraries.ts";
import type { Probe } from "./backend.ts";

/**
 * The probe of what kept a backend from being opened.
 *
 * @param otherwise advice where the error has none
 */
export function unavailable(thrown: unknown, otherwise: string): Probe {
  const advice = thrown instanceof StackbenchError ? thrown.advice : undefined;
  return {
    available: false,
    detail: messageOf(thrown),
    advice: advice ?? otherwise,
    ...(thrown instanceof ChangedLibraryError ? { changed: true } : {}),
  };
}
