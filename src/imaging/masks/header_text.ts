/**
 * What headers that are text say, word for word: those of NRRD and MetaImage.
 *
 * @module
 */

import { refusal } from "../refusal.ts";

/** A number as a header writes it; neither `0x10` nor nothing is one. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Characters of a header that an error repeats. */
const TOLD = 80;

/** The number that a text is; NaN for any other text. */
export function numberIn(text: string): number {
  return NUMBER.test(text) ? Number(text) : NaN;
}

/**
 * The numbers of a text, set apart by blanks; NaN for each that is none.
 *
 * @example
 * ```ts
 * import { numbersIn } from "./header_text.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(numbersIn(" 1 2.5 0x3 "), [1, 2.5, NaN]);
 * ```
 */
export function numbersIn(text: string): number[] {
  return text.split(/\s+/).filter((part) => part !== "").map(numberIn);
}

/** What a table has for a word, which may be one of those that every object knows. */
export function entryOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Text of a header as an error repeats it: not all of it where it is long. */
export function toldText(text: string): string {
  return text.length > TOLD ? `${text.slice(0, TOLD)}...` : text;
}

/**
 * The fields of a header, to which each is added once.
 *
 * @param mayRepeat keys that say nothing, such as comments
 */
export class Fields {
  readonly #file: string;
  readonly #mayRepeat: readonly string[];
  readonly #values = new Map<string, string>();

  /** None yet. */
  constructor(file: string, mayRepeat: readonly string[] = []) {
    this.#file = file;
    this.#mayRepeat = mayRepeat;
  }

  /**
   * Adds a field.
   *
   * @throws InputError where it is there with another value: programs differ in which they take
   */
  add(key: string, value: string): void {
    const before = this.#values.get(key);
    if (before !== undefined && before !== value && !this.#mayRepeat.includes(key)) {
      throw refusal(
        "bad-header",
        `${this.#file} states ${toldText(key)} twice: ${toldText(before)} and ${toldText(value)}.`,
        "Remove the wrong one, or save the file again.",
      );
    }
    this.#values.set(key, value);
  }

  /** The value of the first of these keys that is there. */
  get(...keys: readonly string[]): string | undefined {
    const key = keys.find((one) => this.#values.has(one));
    return key === undefined ? undefined : this.#values.get(key);
  }
}
