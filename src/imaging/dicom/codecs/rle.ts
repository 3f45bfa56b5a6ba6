/**
 * RLE of DICOM (PS3.5 annex G): each byte of a sample in a segment of its own, packed in runs.
 *
 * Ours, not a package's: the decoders that there are fill up frames that are cut, without a word.
 *
 * @module
 */

/**
 * Decodes a frame of one sample a pixel.
 *
 * @param frame 64 bytes of header, then the segments, the most significant byte first
 * @param bytes of a sample: 1 or 2
 * @returns samples of `bytes` bytes, the least significant first
 * @throws Error for a header that does not fit, or a segment that ends before or after its pixels
 *
 * @example
 * ```ts
 * import { decodeRle } from "./rle.ts";
 * import assert from "node:assert/strict";
 * const frame = new Uint8Array(68);
 * frame.set([1, 0, 0, 0, 64]); // one segment, at byte 64
 * frame.set([254, 7, 0, 9], 64); // 7 three times, then one byte as it is
 * assert.deepEqual([...decodeRle(frame, 4, 1)], [7, 7, 7, 9]);
 * ```
 */
export function decodeRle(
  frame: Uint8Array,
  pixels: number,
  bytes: 1 | 2,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const segments = view.getUint32(0, true);
  if (segments !== bytes) {
    throw new Error(`it has ${segments} segments where ${bytes} make a sample`);
  }
  const samples = new Uint8Array(pixels * bytes);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : frame.length;
    if (start < 64 || start > next || next > frame.length) {
      throw new Error("its segments do not lie in it");
    }
    unpack(frame.subarray(start, next), samples, bytes - 1 - segment, bytes);
  }
  return samples;
}

/** Runs and literals of one segment into every `step`th byte from `from` on. */
function unpack(segment: Uint8Array, out: Uint8Array, from: number, step: number): void {
  let at = from;
  let read = 0;
  while (at < out.length) {
    if (read >= segment.length) throw new Error("a segment ends before its last pixel");
    const code = segment[read++];
    if (code === 128) continue;
    const count = code < 128 ? code + 1 : 257 - code;
    const end = at + count * step;
    if (end - step >= out.length) throw new Error("a segment has more pixels than the image");
    if (code < 128) {
      if (read + count > segment.length) throw new Error("a segment ends before its last pixel");
      for (; at < end; at += step) out[at] = segment[read++];
    } else {
      if (read >= segment.length) throw new Error("a segment ends before its last pixel");
      const value = segment[read++];
      for (; at < end; at += step) out[at] = value;
    }
  }
}
