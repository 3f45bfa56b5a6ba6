/**
 * Whether a JPEG 2000 codestream is all there: its tile parts say how long they are.
 *
 * @module
 */

const START_OF_TILE_PART = 0xff90;
const END = 0xffd9;

/**
 * The codestream, ended as it should be, where all of its tile parts are there. Decoders fill up
 * what is cut off, some without a word, and some refuse a stream that only lacks its last two bytes.
 *
 * @throws Error for a codestream that ends early
 */
export function wholeCodestream(bytes: Uint8Array): Uint8Array {
  let at = 2;
  // main header: marker segments up to the first tile part
  while (word(bytes, at) !== START_OF_TILE_PART) {
    if (at + 4 > bytes.length) throw new Error("it ends within its header");
    at += 2 + word(bytes, at + 2);
  }
  while (at + 12 <= bytes.length && word(bytes, at) === START_OF_TILE_PART) {
    const length = ((word(bytes, at + 6) << 16) | word(bytes, at + 8)) >>> 0;
    // 0: the last one, which goes on to the end of the codestream
    if (length === 0) {
      if (endsProperly(bytes)) return bytes;
      throw new Error("it ends within a tile");
    }
    if (length < 12 || at + length > bytes.length) throw new Error("it ends within a tile");
    at += length;
  }
  if (word(bytes, at) === END) return bytes.subarray(0, at + 2);
  if (bytes.subarray(at).some((byte) => byte !== 0)) {
    throw new Error("it has no tile where one should begin");
  }
  const ended = new Uint8Array(at + 2);
  ended.set(bytes.subarray(0, at));
  ended.set([END >> 8, END & 0xff], at);
  return ended;
}

/** Whether JPEG bytes of any kind end in an end marker, but for zeros behind it. */
export function endsProperly(bytes: Uint8Array): boolean {
  let last = bytes.length;
  while (last > 2 && bytes[last - 1] === 0) last--;
  return word(bytes, last - 2) === END;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
