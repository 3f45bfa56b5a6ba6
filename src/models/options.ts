/**
 * Options of models: `k=v` text to typed settings, under the keyword names of the Python builders.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";

/** Option texts by keyword, as given on a command line. */
export type OptionTexts = Readonly<Record<string, string>>;

/** How one option is read. */
export interface OptionRule<T> {
  /** The legal values, in words. */
  readonly legal: string;
  /** The value that a text stands for; undefined when it is not legal. */
  parse(text: string): T | undefined;
}

/** A rule for every setting of a model: a gap does not compile. */
export type OptionRules<C> = { readonly [K in keyof C]-?: OptionRule<C[K]> };

/** A whole number from `min` on. */
export function whole(min: number): OptionRule<number> {
  return { legal: `a whole number from ${min}`, parse: (text) => parseWhole(text, min) };
}

/** An odd number from 1 on: a kernel with a centre. */
export const odd: OptionRule<number> = {
  legal: "an odd number",
  parse: (text) => {
    const value = parseWhole(text, 1);
    return value !== undefined && value % 2 === 1 ? value : undefined;
  },
};

/** A finite number from 0 on. */
export const nonNegative: OptionRule<number> = {
  legal: "a number from 0",
  parse: (text) => {
    const value = /^\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Infinity;
    return Number.isFinite(value) ? value : undefined;
  },
};

/** Whole numbers from 1 on, separated by colons; exactly `length` of them if given. */
export function wholeList(length?: number): OptionRule<readonly number[]> {
  return {
    legal: `${length ?? "some"} whole numbers from 1, such as 1:2:3`,
    parse(text) {
      const values = text.split(":").map((part) => parseWhole(part, 1));
      const complete = values.every((value) => value !== undefined);
      return complete && values.length === (length ?? values.length) ? values : undefined;
    },
  };
}

/** One of a few words. */
export function oneOf<T extends string>(...words: readonly T[]): OptionRule<T> {
  return {
    legal: words.join(" | "),
    parse: (text) => words.find((word) => word === text),
  };
}

/** A share, from 0 to less than 1. */
export const share: OptionRule<number> = {
  legal: "a number from 0 to less than 1",
  parse(text) {
    const value = text === "" ? NaN : Number(text);
    return value >= 0 && value < 1 ? value : undefined;
  },
};

/** Words that stand for values; several words may stand for one. */
export function words<T>(table: Readonly<Record<string, T>>): OptionRule<T> {
  return {
    legal: Object.keys(table).join(" | "),
    parse: (text) => (Object.hasOwn(table, text) ? table[text] : undefined),
  };
}

/**
 * Settings with the options put over them.
 *
 * @param model name of the model, for messages
 * @throws InputError for an unknown option or an illegal value, listing the legal ones
 */
export function withOptions<C extends object>(
  model: string,
  settings: C,
  rules: OptionRules<C>,
  options: OptionTexts,
): C {
  const changed = { ...settings };
  const isKey = (key: string): key is Extract<keyof C, string> => Object.hasOwn(rules, key);
  for (const [key, text] of Object.entries(options)) {
    if (!isKey(key)) {
      throw new InputError(`${model} has no option ${key}`, {
        advice: `its options are ${Object.keys(rules).join(", ")}`,
      });
    }
    const value = rules[key].parse(text);
    if (value === undefined) {
      throw new InputError(`option ${key} of ${model} cannot be ${text}`, {
        advice: `${key} is ${rules[key].legal}`,
      });
    }
    changed[key] = value;
  }
  return changed;
}

/**
 * Splits `k=v,k=v`.
 *
 * @throws InputError when a part is not `k=v` or a key comes twice
 *
 * @example
 * ```ts
 * import { parseOptions } from "./options.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual({ ...parseOptions("enc=1:2:2,out_act=none") }, { enc: "1:2:2", out_act: "none" });
 * ```
 */
export function parseOptions(text: string): OptionTexts {
  const options = new Map<string, string>();
  for (const part of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(part) ?? [];
    if (key === undefined || options.has(key)) {
      const problem = key === undefined ? "is not k=v" : "comes twice";
      throw new InputError(`in the options ${JSON.stringify(text)}, ${part} ${problem}`, {
        advice: "write options as k=v,k=v and lists as 1:2:3",
      });
    }
    options.set(key.trim(), value.trim());
  }
  return Object.fromEntries(options);
}

function parseWhole(text: string, min: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min ? value : undefined;
}
