/**
 * SHA-256 of bytes and of JSON values.
 *
 * @module
 */

import { createHash } from "node:crypto";

/**
 * SHA-256 in lower-case hexadecimal of the parts, one after another.
 *
 * @example
 * ```ts
 * import { sha256 } from "./hashing.ts";
 * import assert from "node:assert/strict";
 * assert.match(sha256("abc"), /^ba7816bf/);
 * ```
 */
export function sha256(...parts: readonly (string | ArrayBufferView)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    if (typeof part === "string") hash.update(part, "utf8");
    else hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return hash.digest("hex");
}

/**
 * JSON with the keys of every object in order, so that equal values give equal text.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "./hashing.ts";
 * import assert from "node:assert/strict";
 * assert.equal(canonicalJson({ b: 1, a: [2] }), '{"a":[2],"b":1}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : inner,
  );
}
