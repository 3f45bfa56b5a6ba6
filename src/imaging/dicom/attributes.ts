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

/** What was read in a way that the standard does not allow, for the notes of a scan. */
export type Repair = "decimal-comma" | "wrong-multiplicity";

/** Pixel Data; walking stops here. */
export const PIXEL_DATA = "x7fe00010";

/** What a deflated data set may grow to, in bytes: more is no scan but an attack. */
const LARGEST_INFLATED = 2 ** 28;

/** The attributes of a data set or of an item of a sequence. */
export class Attributes {
  readonly #over: ReturnType<typeof walked>;
  readonly #walk: ElementWalk;
  readonly #repairs: Set<Repair>;

  /** @internal */
  constructor(over: ReturnType<typeof walked>, walk: ElementWalk, repairs = new Set<Repair>()) {
    this.#over = over;
    this.#walk = walk;
    this.#repairs = repairs;
  }

  /** What had to be repaired of the values that were asked for, of all items too. */
  get repairs(): readonly Repair[] {
    return [...this.#repairs];
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

  /**
   * A text in the character set that a data set states, without the blanks around it; a set that is
   * not known here is taken for Latin 1.
   */
  textIn(tag: Tag, dataSet: Attributes): string | undefined {
    const [, set = ""] = /([^\\]*)$/.exec(dataSet.text("x00080005") ?? "") ?? [];
    const bytes = this.#valueOf(tag);
    const text = new TextDecoder(CHARACTER_SETS.get(set) ?? "latin1").decode(bytes);
    const value = text.replace(/\0[\s\S]*$/, "").trim();
    return value === "" ? undefined : value;
  }

  /** The values of a text of several values, each without the blanks around it. */
  texts(tag: Tag): string[] {
    return this.text(tag)?.split("\\").map((value) => value.trim()) ?? [];
  }

  /** Numbers written as text (DS, IS), with a comma for a point too; NaN for what is no number. */
  numbers(tag: Tag): number[] {
    return this.texts(tag).map((value) => this.#decimal(value));
  }

  /**
   * A fixed count of numbers written as text; undefined where there is none. Surplus values that
   * are empty, or repeat the last one, are no error.
   *
   * @returns null for anything else than so many numbers
   */
  vector(tag: Tag, count: number): number[] | null | undefined {
    const text = this.text(tag);
    if (text === undefined) return undefined;
    let parts = text.split("\\").map((part) => part.trim());
    // Commas between numbers that have points, or none of which a comma could be the point of.
    if (parts.length === 1 && count > 2) {
      const split = text.split(",");
      if (split.length === count) parts = split.map((part) => part.trim());
    }
    const surplus = parts.slice(count);
    if (!surplus.every((part) => part === "" || part === parts[count - 1])) return null;
    const values = parts.slice(0, count).map((part) => this.#decimal(part));
    if (values.length !== count || !values.every(Number.isFinite)) return null;
    if (parts.length !== text.split("\\").length || surplus.length > 0) {
      this.#repairs.add("wrong-multiplicity");
    }
    return values;
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
        new Attributes(this.#over, item, this.#repairs)
      );
  }

  /** Where the value of an element lies, undefined if it is absent. */
  place(tag: Tag): Element | undefined {
    return this.#walk.elements.get(tag);
  }

  #decimal(value: string): number {
    if (DECIMAL.test(value)) return Number(value);
    if (!COMMA.test(value) || THOUSANDS.test(value)) return NaN;
    this.#repairs.add("decimal-comma");
    return Number(value.replace(",", "."));
  }

  #valueOf(tag: Tag): Uint8Array {
    const element = this.#walk.elements.get(tag);
    return element === undefined
      ? new Uint8Array(0)
      : this.bytes.subarray(element.offset, element.offset + element.length);
  }
}

/** Names of character sets (PS3.3 C.12.1.1.2) that decoders have. */
const CHARACTER_SETS: ReadonlyMap<string, string> = new Map([
  ["ISO_IR 192", "utf-8"],
  ["GB18030", "gb18030"],
  ["GBK", "gbk"],
  ["ISO_IR 100", "latin1"],
  ["ISO_IR 101", "iso-8859-2"],
  ["ISO_IR 109", "iso-8859-3"],
  ["ISO_IR 110", "iso-8859-4"],
  ["ISO_IR 144", "iso-8859-5"],
  ["ISO_IR 127", "iso-8859-6"],
  ["ISO_IR 126", "iso-8859-7"],
  ["ISO_IR 138", "iso-8859-8"],
  ["ISO_IR 148", "windows-1254"],
  ["ISO_IR 13", "shift_jis"],
  ["ISO 2022 IR 13", "shift_jis"],
  ["ISO 2022 IR 87", "iso-2022-jp"],
  ["ISO 2022 IR 149", "euc-kr"],
]);

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A number with a comma for its point, as some write in countries that do. */
const COMMA = /^[+-]?\d+,\d+([eE][+-]?\d+)?$/;

/** What may as well be a whole number with its thousands set apart: nobody can tell. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

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
