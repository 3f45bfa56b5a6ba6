/**
 * Identifiers that follow from what they name.
 *
 * @module
 */

import { sha256 } from "../../base/hashing.ts";

/**
 * A UID under 2.25 from a hash of its parts: the integer of a version-8 UUID (RFC 9562).
 *
 * @example
 * ```ts
 * import { hashedUid } from "./uid.ts";
 * import assert from "node:assert/strict";
 * assert.match(hashedUid("series", 1), /^2\.25\.\d{1,39}$/);
 * assert.notEqual(hashedUid("series", 1), hashedUid("series", 2));
 * ```
 */
export function hashedUid(...parts: readonly unknown[]): string {
  const digits = [...sha256(JSON.stringify(parts)).slice(0, 32)];
  digits[12] = "8";
  digits[16] = "89ab"[parseInt(digits[16], 16) & 3];
  return `2.25.${BigInt(`0x${digits.join("")}`)}`;
}
