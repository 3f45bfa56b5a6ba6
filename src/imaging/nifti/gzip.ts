/**
 * Gzip with bounds: what a header promises is all that is ever allocated.
 *
 * @module
 */

import { constants, crc32, deflateRawSync, gunzipSync, gzipSync } from "node:zlib";
import { messageOf } from "../../base/errors.ts";
import { refusal } from "../refusal.ts";

/** What one byte of deflate can become at most, rounded up. */
const LARGEST_RATIO = 1040;

/** Room that must be left in a piece, or the inflater asks for another one. */
const SLACK = 64;

/** Smaller pieces lie in memory that others use too; the inflater counts their room in 32 bits. */
const [SMALLEST_PIECE, LARGEST_PIECE] = [2 ** 16, 2 ** 30];

/** Bytes of content that are compressed at once. */
const PIECE = 2 ** 20;

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
 * The whole content in memory of its own, which must hold at least `needed` bytes and is checked against its checksum.
 *
 * @throws InputError for damaged bytes, too few of them, or far more than needed
 */
export function gunzipWhole(
  file: string,
  bytes: Uint8Array,
  needed: number,
): Uint8Array<ArrayBuffer> {
  if (bytes.length * LARGEST_RATIO < needed) throw tooShort(file, needed);
  const content = guarded(file, () =>
    plain(gunzipSync(bytes, {
      maxOutputLength: Math.max(2 * needed, 2 ** 24),
      // all in one piece: joining many takes longer than inflating them, and the memory twice
      chunkSize: Math.min(Math.max(needed + SLACK, SMALLEST_PIECE), LARGEST_PIECE),
    })));
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

/**
 * Gzip of a mask, piece by piece, so that neither content nor result is in memory as a whole. Runs
 * of one value are all that is looked for: of masks that makes smaller files in a quarter of the
 * time. The bytes depend on the content only, however it is cut into parts.
 *
 * @example
 * ```ts
 * import { gzipMask } from "./gzip.ts";
 * import { gunzipSync } from "node:zlib";
 * import assert from "node:assert/strict";
 * const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)];
 * assert.deepEqual([...gunzipSync(new Uint8Array(await new Blob([...gzipMask(parts)]).arrayBuffer()))], [1, 2, 3]);
 * ```
 */
export function* gzipMask(
  parts: Iterable<Uint8Array<ArrayBuffer>>,
): Generator<Uint8Array<ArrayBuffer>> {
  const magic = [0x1f, 0x8b, 8];
  yield Uint8Array.of(...magic, 0, 0, 0, 0, 0, 0, UNKNOWN_SYSTEM);
  let [checksum, length] = [0, 0];
  for (const piece of pieces(parts)) {
    checksum = crc32(piece, checksum);
    length += piece.length;
    // every piece ends on a byte, and looks back at none before it: they can be put together
    yield deflated(piece, constants.Z_SYNC_FLUSH);
  }
  yield deflated(new Uint8Array(0), constants.Z_FINISH);
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, length % 2 ** 32, true);
  yield new Uint8Array(trailer.buffer);
}

function deflated(piece: Uint8Array, finishFlush: number): Uint8Array<ArrayBuffer> {
  return plain(deflateRawSync(piece, { level: 6, strategy: constants.Z_RLE, finishFlush }));
}

/** The same content in pieces of one size, the last one shorter; valid until the next is asked for. */
function* pieces(
  parts: Iterable<Uint8Array<ArrayBuffer>>,
): Generator<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(PIECE);
  let filled = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const some = part.subarray(at, at + PIECE - filled);
      piece.set(some, filled);
      [at, filled] = [at + some.length, filled + some.length];
      if (filled < PIECE) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
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
