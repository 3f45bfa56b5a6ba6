/**
 * Walking the elements of a data set (PS3.5 section 7), as they are written, not as they ought to
 * be: private sequences in another encoding than the file, sequences that an archive without a
 * dictionary wrote as UN, value representations that came later, delimiters that stray.
 *
 * Values are not looked at; the content of a sequence is walked when its items are asked for, so
 * that a damaged private sequence costs nothing but itself.
 *
 * @module
 */

/** A tag as eight small hexadecimal digits behind an x, such as `x00280010`. */
export type Tag = `x${string}`;

/** How elements are written. */
export interface Encoding {
  /** Whether each element states its value representation. */
  readonly explicit: boolean;
  /** Whether numbers have their most significant byte first. */
  readonly bigEndian: boolean;
}

/** Where the value of an element lies. */
export interface Element {
  /** Byte offset of the value. */
  readonly offset: number;
  /** Bytes as stated or, where the length is undefined, as found; the file may lack some. */
  readonly length: number;
  /** Whether the length is undefined, as for encapsulated pixels. */
  readonly undefinedLength: boolean;
  /** Value representation, undefined in implicit VR. */
  readonly vr: string | undefined;
}

/** The elements of a data set or item. */
export interface ElementWalk {
  /** By their tags. */
  readonly elements: ReadonlyMap<Tag, Element>;
  /** How they were written. */
  readonly encoding: Encoding;
  /** Byte behind the last of them. */
  readonly end: number;
  /** Where bytes run out: how many there should be; null where none are missing. */
  readonly needed: number | null;
}

/** Value representations whose length takes four bytes after two reserved ones (PS3.5 7.1.2). */
const LONG: ReadonlySet<string> = new Set(
  "OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "),
);

const SHORT: ReadonlySet<string> = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "),
);

const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];
const UNDEFINED = 0xffffffff;
/** Sequences within sequences: more are an attack. */
const DEEPEST = 32;

/** Whether two bytes are a value representation of the standard. */
export function isVr(text: string): boolean {
  return LONG.has(text) || SHORT.has(text);
}

/** Whether the length of such an element takes four bytes after two reserved ones. */
export function isLongVr(text: string): boolean {
  return LONG.has(text);
}

/** Bytes that are walked, and the way numbers are read from them. */
interface Walked {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
}

/** A view of bytes, for many walks. */
export function walked(bytes: Uint8Array<ArrayBuffer>): Walked {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/**
 * Walks elements up to `limit`, to the tag `until` (which is the last one then), or to the end of
 * their item.
 *
 * @param depth how many sequences they lie in

 * @throws Error for bytes that are no elements
 */
export function walkElements(
  over: Walked,
  from: number,
  limit: number,
  encoding: Encoding,
  until: Tag | null = null,
  depth = 0,
): ElementWalk {
  const elements = new Map<Tag, Element>();
  const size = over.bytes.length;
  let at = from;
  while (at < limit) {
    const header = headerAt(over, at, encoding);
    if (header === null) {
      return { elements, encoding, end: size, needed: Math.max(at + 8, size + 1) };
    }
    const { code, vr, offset, length } = header;
    if (code === ITEM_END && depth > 0) return { elements, encoding, end: offset, needed: null };
    // A delimiter without its item or sequence: what it should have closed is closed already.
    if (code >= ITEM) {
      at = offset;
      continue;
    }
    const tag = tagOf(code);
    const undefinedLength = length === UNDEFINED;
    const element = { offset, length, undefinedLength, vr };
    if (tag === until) {
      elements.set(tag, element);
      return { elements, encoding, end: offset, needed: null };
    }
    if (!undefinedLength) {
      elements.set(tag, element);
      at = offset + length;
      if (at > size) return { elements, encoding, end: size, needed: at };
      continue;
    }
    const end = sequenceEnd(over, offset, itemEncoding(element, encoding), depth);
    if (end === null) return { elements, encoding, end: size, needed: size + 8 };
    elements.set(tag, { ...element, length: end - offset });
    at = end;
  }
  return { elements, encoding, end: at, needed: null };
}

/** The items of a sequence, each walked. */
export function walkItems(over: Walked, element: Element, encoding: Encoding): ElementWalk[] {
  const { offset, length } = element;
  const inner = itemEncoding(element, encoding);
  const limit = Math.min(offset + length, over.bytes.length);
  const items: ElementWalk[] = [];
  for (let at = offset; at + 8 <= limit;) {
    const code = codeAt(over, at, inner);
    const stated = over.view.getUint32(at + 4, !inner.bigEndian);
    if (code === SEQUENCE_END) break;
    if (code !== ITEM) throw new Error(`no item begins at byte ${at} of a sequence`);
    const end = stated === UNDEFINED ? limit : Math.min(at + 8 + stated, limit);
    const item = walkElements(over, at + 8, end, writtenAs(over, at + 8, end, inner), null, 1);
    items.push(item);
    at = stated === UNDEFINED ? item.end : at + 8 + stated;
  }
  return items;
}

/** The encoding inside a sequence: that of its data set, but implicit where it is called UN. */
function itemEncoding({ vr }: Pick<Element, "vr">, encoding: Encoding): Encoding {
  return vr === "UN" ? { explicit: false, bigEndian: false } : encoding;
}

/** The encoding that elements are really in, told by the first of them. */
function writtenAs(over: Walked, at: number, limit: number, encoding: Encoding): Encoding {
  if (at + 8 > limit || codeAt(over, at, encoding) >= ITEM) return encoding;
  return { ...encoding, explicit: isVr(vrAt(over, at)) };
}

/** Where a sequence of undefined length ends; null where it does not. */
function sequenceEnd(over: Walked, from: number, encoding: Encoding, depth: number): number | null {
  try {
    return delimitedEnd(over, from, encoding, depth);
  } catch {
    return nextDelimiter(over.bytes, from);
  }
}

function delimitedEnd(
  over: Walked,
  from: number,
  encoding: Encoding,
  depth: number,
): number | null {
  if (depth > DEEPEST) throw new Error("sequences lie too deep within each other");
  for (let at = from; at + 8 <= over.bytes.length;) {
    const code = codeAt(over, at, encoding);
    const length = over.view.getUint32(at + 4, !encoding.bigEndian);
    if (code === SEQUENCE_END) return at + 8;
    if (code !== ITEM) throw new Error(`no item begins at byte ${at} of a sequence`);
    if (length !== UNDEFINED) {
      at += 8 + length;
      continue;
    }
    const size = over.bytes.length;
    const inner = writtenAs(over, at + 8, size, encoding);
    at = walkElements(over, at + 8, size, inner, null, depth + 1).end;
  }
  return null;
}

/** Behind the next thing that looks like the end of a sequence: for content that is no items. */
function nextDelimiter(bytes: Uint8Array, from: number): number | null {
  const delimiter = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
  for (let at = bytes.indexOf(0xfe, from); at >= 0; at = bytes.indexOf(0xfe, at + 1)) {
    if (delimiter.every((byte, index) => bytes[at + index] === byte)) return at + 8;
  }
  return null;
}

interface Header {
  readonly code: number;
  readonly vr: string | undefined;
  readonly offset: number;
  readonly length: number;
}

/** The header of an element; null where bytes run out within it. */
function headerAt(over: Walked, at: number, encoding: Encoding): Header | null {
  const little = !encoding.bigEndian;
  if (at + 8 > over.bytes.length) return null;
  const code = codeAt(over, at, encoding);
  const vr = vrAt(over, at);
  // What states no representation is written implicitly, whatever the elements around it are.
  if (!encoding.explicit || code >= ITEM || !/^[A-Z]{2}$/.test(vr)) {
    return { code, vr: undefined, offset: at + 8, length: over.view.getUint32(at + 4, little) };
  }
  if (!LONG.has(vr)) {
    return { code, vr, offset: at + 8, length: over.view.getUint16(at + 6, little) };
  }
  if (at + 12 > over.bytes.length) return null;
  return { code, vr, offset: at + 12, length: over.view.getUint32(at + 8, little) };
}

/** Group and element as one number. */
function codeAt({ view }: Walked, at: number, { bigEndian }: Encoding): number {
  return (view.getUint16(at, !bigEndian) * 0x10000) + view.getUint16(at + 2, !bigEndian);
}

function vrAt({ bytes }: Walked, at: number): string {
  return String.fromCharCode(bytes[at + 4], bytes[at + 5]);
}

function tagOf(code: number): Tag {
  return `x${code.toString(16).padStart(8, "0")}`;
}
