/**
 * Reading the attributes of a data set: what is absent, empty or no number is undefined.
 *
 * @module
 */

import { inflateRawSync } from "node:zlib";
import {
  type Element,
  type ElementWalk,
  type Tag,
  walked,
  walkElements,
  walkItems,
} from "./elements.ts";
import type { Part10 } from "./part10.ts";
import { SYNTAX } from "./transfer_syntax.ts";

export type { Tag } from "./elements.ts";

/** Pixel Data; walking stops here. */
export const PIXEL_DATA = "x7fe00010";

/** What a deflated data set may grow to, in bytes: more is no scan but an attack. */
const LARGEST_INFLATED = 2 ** 30;

/** The attributes of a data set or of an item of a sequence. */
export class Attributes {
  readonly #over: ReturnType<typeof walked>;
  readonly #walk: ElementWalk;

  /** @internal */
  constructor(over: ReturnType<typeof walked>, walk: ElementWalk) {
    this.#over = over;
    this.#walk = walk;
  }

  /** The bytes that element places point into: the file from its data set on, inflated if need be. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#over.bytes;
  }

  /** Where bytes run out: how many there should be; null where none are missing. */
  get needed(): number | null {
    return this.#walk.needed;
  }

  /** Whether the element is there, empty or not. */
  has(tag: Tag): boolean {
    return this.#walk.elements.has(tag);
  }

  /** A text without the blanks around it. */
  text(tag: Tag): string | undefined {
    const value = latin1(this.#valueOf(tag)).trim();
    return value === "" ? undefined : value;
  }

  /** The values of a text of several values, each without the blanks around it. */
  texts(tag: Tag): string[] {
    return this.text(tag)?.split("\\").map((value) => value.trim()) ?? [];
  }

  /** Numbers written as text (DS, IS); NaN for what is no number. */
  numbers(tag: Tag): number[] {
    return this.texts(tag).map((value) => value === "" ? NaN : Number(value));
  }

  /** The first number written as text, undefined if absent; NaN for what is no number. */
  number(tag: Tag): number | undefined {
    return this.numbers(tag)[0];
  }

  /** An unsigned 16-bit number (US). */
  unsigned(tag: Tag, index = 0): number | undefined {
    const element = this.#walk.elements.get(tag);
    if (element === undefined || element.length < 2 * (index + 1)) return undefined;
    const at = element.offset + 2 * index;
    return at + 2 <= this.bytes.length
      ? this.#over.view.getUint16(at, !this.#walk.encoding.bigEndian)
      : undefined;
  }

  /** A 16-bit number that is signed or not as the pixels are (US or SS). */
  word(tag: Tag, signed: boolean, index = 0): number | undefined {
    const value = this.unsigned(tag, index);
    return value === undefined || !signed ? value : (value << 16) >> 16;
  }

  /** The items of a sequence, also of one that is called UN. */
  items(tag: Tag): Attributes[] {
    const element = this.#walk.elements.get(tag);
    return element === undefined
      ? []
      : walkItems(this.#over, element, this.#walk.encoding).map((item) =>
        new Attributes(this.#over, item)
      );
  }

  /** Where the value of an element lies, undefined if it is absent. */
  place(tag: Tag): Element | undefined {
    return this.#walk.elements.get(tag);
  }

  #valueOf(tag: Tag): Uint8Array {
    const element = this.#walk.elements.get(tag);
    return element === undefined
      ? new Uint8Array(0)
      : this.bytes.subarray(element.offset, element.offset + element.length);
  }
}

/** Bytes as characters, up to the first zero. */
function latin1(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  let text = "";
  for (let at = 0; at < used.length; at += 4096) {
    text += String.fromCharCode(...used.subarray(at, at + 4096));
  }
  return text;
}

/**
 * Parses a data set up to Pixel Data.
 *
 * @param bytes the file, or its start if that reaches Pixel Data
 * @throws Error for bytes that are no data set
 */
export function parseDataSet(bytes: Uint8Array<ArrayBuffer>, part10: Part10): Attributes {
  const rest = bytes.subarray(part10.offset);
  const deflated = part10.transferSyntax === SYNTAX.deflated;
  const over = walked(deflated ? inflated(rest) : rest);
  const end = over.bytes.length;
  return new Attributes(over, walkElements(over, 0, end, part10.encoding, PIXEL_DATA));
}

function inflated(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = inflateRawSync(bytes, { maxOutputLength: LARGEST_INFLATED });
  return new Uint8Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.length);
}
