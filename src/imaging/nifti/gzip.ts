/**
 * Gzip with bounds: what a header promises is all that is ever allocated.
 *
 * @module
 */

import { constants, gunzipSync, gzipSync } from "node:zlib";
import { messageOf } from "../../base/errors.ts";
import { refusal } from "../refusal.ts";

/** What one byte of deflate can become at most, rounded up. */
const LARGEST_RATIO = 1040;

/** Byte 9 of a gzip header, the operating system: 255 says unknown, the same everywhere. */
const UNKNOWN_SYSTEM = 255;

/** Whether bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What the first compressed bytes hold; fewer bytes than in the whole. */
export function gunzipStart(file: string, start: Uint8Array): Uint8Array<ArrayBuffer> {
  return guarded(file, () =>
    plain(gunzipSync(start, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: start.length * LARGEST_RATIO,
    })));
}

/**
 * The whole content, which must hold at least `needed` bytes and is checked against its checksum.
 *
 * @throws InputError for damaged bytes, too few of them, or far more than needed
 */
export function gunzipWhole(
  file: string,
  bytes: Uint8Array,
  needed: number,
): Uint8Array<ArrayBuffer> {
  if (bytes.length * LARGEST_RATIO < needed) throw tooShort(file, needed);
  const content = guarded(
    file,
    () => plain(gunzipSync(bytes, { maxOutputLength: Math.max(2 * needed, 2 ** 24) })),
  );
  if (content.length < needed) throw tooShort(file, needed, content.length);
  return content;
}

/**
 * Compressed bytes that depend on the content only: no time, no name, no operating system.
 *
 * @example
 * ```ts
 * import { gzip } from "./gzip.ts";
 * import assert from "node:assert/strict";
 * const bytes = gzip(new Uint8Array(100));
 * assert.deepEqual([...bytes.subarray(0, 10)], [31, 139, 8, 0, 0, 0, 0, 0, 0, 255]);
 * ```
 */
export function gzip(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = plain(gzipSync(content, { level: 6 }));
  bytes[9] = UNKNOWN_SYSTEM;
  return bytes;
}

/** What zlib returns is never shared memory, which its type leaves open. */
function plain(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length);
}

function tooShort(file: string, needed: number, found?: number): Error {
  return refusal(
    "truncated",
    `${file} is truncated: its header promises ${needed} bytes` +
      (found === undefined ? ", far more than it can hold." : `, ${found} are there.`),
    "Copy the file again.",
  );
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if ((cause as { code?: unknown })?.code === "ERR_BUFFER_TOO_LARGE") {
      throw refusal("too-long", `${file} holds far more bytes than its header says.`);
    }
    throw refusal(
      "damaged-gzip",
      `${file} is damaged or truncated: gzip says "${messageOf(cause)}".`,
      "Copy the file again.",
    );
  }
}
