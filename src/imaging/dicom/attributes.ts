/**
 * Reading the attributes of a data set: what is absent, empty or no number is undefined.
 *
 * @module
 */

import dicomParser, { type DataSet } from "dicom-parser";
import { inflateRawSync } from "node:zlib";
import { messageOf } from "../../base/errors.ts";
import type { Part10 } from "./part10.ts";

/** A tag as `dicom-parser` writes it, such as `x00280010`. */
export type Tag = `x${string}`;

/** Pixel Data; parsing stops here. */
export const PIXEL_DATA = "x7fe00010";

/** What a deflated data set may grow to, in bytes: more is no scan but an attack. */
const LARGEST_INFLATED = 2 ** 30;

/** Where the value of an element lies. */
export interface ElementPlace {
  /** Byte offset in `Attributes.bytes`. */
  readonly offset: number;
  /** Bytes as stated, which the file may lack. */
  readonly length: number;
  /** Whether the length is undefined, as for encapsulated pixels. */
  readonly undefinedLength: boolean;
  /** Value representation, undefined in implicit VR. */
  readonly vr: string | undefined;
}

/** The attributes of a data set or of an item of a sequence. */
export class Attributes {
  readonly #data: DataSet;

  /** @internal */
  constructor(data: DataSet) {
    this.#data = data;
  }

  /** The bytes that element places point into: the file from its data set on, inflated if need be. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#data.byteArray as Uint8Array<ArrayBuffer>;
  }

  /** Whether an element claims more bytes than there are. */
  get overrun(): boolean {
    return Object.values(this.#data.elements).some(({ dataOffset, length, hadUndefinedLength }) =>
      !hadUndefinedLength && dataOffset + length > this.#data.byteArray.length
    );
  }

  /** Whether the element is there, empty or not. */
  has(tag: Tag): boolean {
    return this.#data.elements[tag] !== undefined;
  }

  /** A text without the blanks around it. */
  text(tag: Tag): string | undefined {
    const value = this.#data.string(tag);
    return value === undefined || value === "" ? undefined : value;
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
    const element = this.#data.elements[tag];
    return element !== undefined && element.length >= 2 * (index + 1)
      ? this.#data.uint16(tag, index)
      : undefined;
  }

  /** A 16-bit number that is signed or not as the pixels are (US or SS). */
  word(tag: Tag, signed: boolean, index = 0): number | undefined {
    const value = this.unsigned(tag, index);
    return value === undefined || !signed ? value : (value << 16) >> 16;
  }

  /** The items of a sequence. */
  items(tag: Tag): Attributes[] {
    const items = this.#data.elements[tag]?.items ?? [];
    return items.flatMap((item) =>
      item.dataSet === undefined ? [] : [new Attributes(item.dataSet)]
    );
  }

  /** Where the value of an element lies, undefined if it is absent. */
  place(tag: Tag): ElementPlace | undefined {
    const element = this.#data.elements[tag];
    return element === undefined ? undefined : {
      offset: element.dataOffset,
      length: element.length,
      undefinedLength: element.hadUndefinedLength === true,
      vr: element.vr,
    };
  }
}

/** A data set as far as it could be parsed. */
export interface ParsedDataSet {
  /** The attributes before the pixels. */
  readonly attributes: Attributes;
  /** What stopped the parser before the end, null if nothing did. */
  readonly broken: string | null;
}

/**
 * Parses a data set up to Pixel Data.
 *
 * @param bytes the file, or its start if that reaches Pixel Data
 */
export function parseDataSet(bytes: Uint8Array<ArrayBuffer>, part10: Part10): ParsedDataSet {
  const inflater = (deflated: Uint8Array) => {
    const whole = inflateRawSync(deflated, { maxOutputLength: LARGEST_INFLATED });
    return new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
  };
  try {
    const data = dicomParser.parseDicom(bytes.subarray(part10.offset), {
      TransferSyntaxUID: part10.transferSyntax,
      untilTag: PIXEL_DATA,
      inflater,
    });
    return { attributes: new Attributes(data), broken: null };
  } catch (thrown) {
    // The parser throws strings, errors, or {exception, dataSet} with what it had until then.
    const partial = thrown as { exception?: unknown; dataSet?: DataSet };
    if (partial?.dataSet?.elements !== undefined) {
      return {
        attributes: new Attributes(partial.dataSet),
        broken: messageOf(partial.exception),
      };
    }
    throw thrown;
  }
}
