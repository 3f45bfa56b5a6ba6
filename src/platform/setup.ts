/**
 * What `setup` fetches, in its order.
 *
 * @module
 */

import { fetchOneDnn } from "./fetch.ts";
import { fetchGpuLibrary, GPU_WHEELS, wantedCuda } from "./gpu_wheels.ts";
import type { LibraryKey } from "./libraries.ts";

/** A library that can be fetched. */
export interface Fetchable {
  /** Its key. */
  readonly key: LibraryKey;
  /**
   * Fetches it.
   *
   * @param say told of every step before it is taken
   * @returns its path
   * @throws MissingError where it cannot be had; InterruptedError on Ctrl-C
   */
  fetch(say: (message: string) => void): Promise<string>;
}

/** What every machine can use. */
export const FETCHED_ALWAYS: readonly Fetchable[] = [{ key: "onednn", fetch: fetchOneDnn }];

/**
 * What an NVIDIA GPU needs besides its driver.
 *
 * @throws MissingError when the driver is too old for all of it
 */
export function fetchedForGpu(): readonly Fetchable[] {
  const cuda = wantedCuda();
  return GPU_WHEELS.map((key) => ({ key, fetch: (say) => fetchGpuLibrary(key, cuda, say) }));
}
