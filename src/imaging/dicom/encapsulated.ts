/**
 * Encapsulated pixel data: which stretches of bytes hold which frame (PS3.5 A.4).
 *
 * @module
 */

import { refusal } from "../refusal.ts";

/** A stretch of bytes. */
export interface Stretch {
  /** Byte at which it begins. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** Bytes from an offset on; fewer than asked for where they end. */
export type ByteSource = (offset: number, length: number) => Uint8Array<ArrayBuffer>;

/** Where the fragments of pixel data lie. */
export interface Fragments {
  /** In their order. */
  readonly fragments: readonly Stretch[];
  /** The basic offset table: where each frame begins, counted from the first fragment's item. */
  readonly offsets: readonly number[];
}

const ITEM = 0xfffee000;
const SEQUENCE_END = 0xfffee0dd;
/** Bytes of a tag and a length. */
const HEADER = 8;
/** Fragments that no image exceeds: more are an attack. */
const MOST_FRAGMENTS = 2 ** 20;

/**
 * Walks the items of encapsulated pixel data, without their content.
 *
 * @param offset of the first item: the value of Pixel Data
 * @param end of all bytes that there are
 * @throws InputError where an item is cut off or something else stands in its place
 */
export function findFragments(
  file: string,
  source: ByteSource,
  offset: number,
  end: number,
): Fragments {
  const items: Stretch[] = [];
  for (let at = offset; at < end;) {
    const header = source(at, HEADER);
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    // Some leave out the end of the sequence, and nothing is lost by that.
    const rest = header.length < HEADER;
    if (rest && header.every((byte) => byte === 0)) break;
    const tag = rest ? 0 : (view.getUint16(0, true) << 16 | view.getUint16(2, true)) >>> 0;
    if (tag === SEQUENCE_END) break;
    const length = rest ? 0 : view.getUint32(4, true);
    if (tag !== ITEM || items.length > MOST_FRAGMENTS) {
      if (items.length > 1 && tag !== ITEM) break;
      throw refusal(
        "broken-file",
        `${file}: its compressed pixels are damaged: no fragment begins at byte ${at}.`,
        "Copy the file again.",
      );
    }
    if (at + HEADER + length > end) {
      throw refusal(
        "truncated",
        `${file} is truncated: fragment ${items.length} of its compressed pixels takes ` +
          `${length} bytes, ${Math.max(0, end - at - HEADER)} are there.`,
        "Copy the file again.",
        { expected: length, found: Math.max(0, end - at - HEADER) },
      );
    }
    items.push({ offset: at + HEADER, length });
    at += HEADER + length;
  }
  const [table, ...fragments] = items;
  if (fragments.length === 0) {
    throw refusal("truncated", `${file} is truncated: its compressed pixels have no fragment.`);
  }
  return { fragments, offsets: numbersOf(source(table.offset, table.length), 4) };
}

/** The numbers of an offset table, of 4 or 8 bytes each. */
export function numbersOf(bytes: Uint8Array<ArrayBuffer>, size: 4 | 8): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from(
    { length: Math.floor(bytes.length / size) },
    (_, index) =>
      size === 4 ? view.getUint32(4 * index, true) : Number(view.getBigUint64(8 * index, true)),
  );
}

/**
 * The fragments of each frame: all for one frame, one each where there are as many, else as an
 * offset table says, else as fragments begin that look like the start of a frame.
 *
 * @param extended the extended offset table (7FE0,0001), empty where there is none
 * @param begins whether a fragment looks like the start of a frame
 * @throws InputError where none of this tells which fragments belong together
 */
export function framesOfFragments(
  file: string,
  { fragments, offsets }: Fragments,
  frames: number,
  extended: readonly number[],
  begins: (fragment: Stretch) => boolean,
): readonly (readonly Stretch[])[] {
  if (frames === 1) return [fragments];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  if (fragments.length > frames) {
    const origin = fragments[0].offset;
    const places = new Map(fragments.map(({ offset }, place) => [offset - origin, place]));
    for (const table of [extended, offsets]) {
      const starts = table.map((offset) => places.get(offset) ?? -1);
      if (starts.length === frames && goesUp(starts)) return cut(fragments, starts);
    }
    const starts = fragments.flatMap((fragment, index) => begins(fragment) ? [index] : []);
    if (starts.length === frames && goesUp(starts)) return cut(fragments, starts);
  }
  throw refusal(
    "fragments",
    `${file} has ${fragments.length} fragments for ${frames} frames, and nothing in it tells ` +
      "which belong together.",
    "Decompress it first, for example with dcmconv, gdcmconv or dcmdjpeg.",
  );
}

/** Whether indices begin at the first fragment and go up. */
function goesUp(starts: readonly number[]): boolean {
  return starts[0] === 0 && starts.every((start, at) => at === 0 || start > starts[at - 1]);
}

function cut(fragments: readonly Stretch[], starts: readonly number[]): Stretch[][] {
  return starts.map((start, at) => fragments.slice(start, starts[at + 1] ?? fragments.length));
}
