/**
 * The caches of this machine's processor.
 *
 * @module
 */

import { join } from "node:path";

/** Where Linux lists the caches that the first core uses. */
const CACHES = "/sys/devices/system/cpu/cpu0/cache";

/**
 * Bytes of the largest cache that a core uses, with others or alone; null where the system does not
 * tell: another one than Linux, or no permission (Deno wants --allow-all for /sys).
 *
 * The C library is not asked: on AMD its older versions add up the caches of the whole package.
 */
export function lastLevelCache(): number | null {
  try {
    const sizes = [...Deno.readDirSync(CACHES)]
      .filter(({ name }) => name.startsWith("index"))
      .map(({ name }) => cacheBytes(Deno.readTextFileSync(join(CACHES, name, "size"))));
    return sizes.length > 0 ? Math.max(...sizes) : null;
  } catch {
    // not known here, as the docstring says
    return null;
  }
}

/**
 * Bytes of a size as Linux writes it.
 *
 * @example
 * ```ts
 * import { cacheBytes } from "./cache.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(["512K\n", "32M", "64"].map(cacheBytes), [524288, 33554432, 64]);
 * ```
 */
export function cacheBytes(text: string): number {
  const [, digits, unit] = /^(\d+)([KMG]?)$/.exec(text.trim()) ?? [];
  return Number(digits) * 1024 ** ["", "K", "M", "G"].indexOf(unit ?? "");
}
