/**
 * Reading JSON that may come from anyone: bounded before it is read.
 *
 * @module
 */

import { InputError, messageOf } from "./errors.ts";

/** Bytes of the longest file that is read, unless another limit is given. */
const LONGEST = 16 << 20;

/** Levels of the deepest JSON that is read: what walks through it goes a call deeper each time. */
const DEEPEST = 100;

/**
 * The text of a regular file, of which no more is read than it has when it is opened.
 *
 * @param longest bytes that it may have (default: 16 MiB)
 * @throws InputError when it cannot be read, is no file or is longer
 */
export function readText(path: string | URL, longest: number = LONGEST): string {
  try {
    // asked before opening: opening a named pipe would wait forever
    if (!Deno.statSync(path).isFile) throw new InputError("it is no file");
    using file = Deno.openSync(path, { read: true });
    const { size } = file.statSync();
    if (size > longest) throw new InputError(`it has ${size} bytes, more than ${longest}`);
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const read = file.readSync(bytes.subarray(filled));
      if (read === null) break;
      filled += read;
    }
    return new TextDecoder().decode(bytes.subarray(0, filled));
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(messageOf(error), { cause: error });
  }
}

/**
 * JSON of text, not yet checked.
 *
 * @throws InputError when it is none, nested deeper than a hundred levels, or says something twice
 *
 * @example
 * ```ts
 * import { parseJson } from "./json_file.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseJson('{"a": [1]}'), { a: [1] });
 * assert.throws(() => parseJson("[".repeat(1000) + "]".repeat(1000)), /nested deeper/);
 * assert.throws(() => parseJson('{"a": 1, "\\u0061": 2}'), /"a" twice/);
 * ```
 */
export function parseJson(text: string): unknown {
  if (isDeeper(text, DEEPEST)) throw new InputError(`it is nested deeper than ${DEEPEST} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(messageOf(error), { cause: error });
  }
  const twice = repeatedKey(text);
  if (twice === undefined) return value;
  throw new InputError(
    twice === INHERITED
      ? `it has the key ${twice}, which means nothing`
      : `it says ${JSON.stringify(twice)} twice of the same thing`,
  );
}

/** What every object has already; as a key it is lost, or worse, on the way through a program. */
const INHERITED = "__proto__";

/**
 * A key that stands twice in one object of JSON, or that every object has; undefined where there is
 * none. Parsers differ in which value they take, so that one file would say two things.
 *
 * @param text JSON that parses
 */
export function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let string = "";
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case "{":
        open.push(new Set([INHERITED]));
        break;
      case "}":
        open.pop();
        break;
      case '"': {
        const start = i;
        for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
        string = text.slice(start, i + 1);
        break;
      }
      case ":": {
        const keys = open[open.length - 1];
        const key: string = JSON.parse(string);
        if (keys.has(key)) return key;
        keys.add(key);
      }
    }
  }
  return undefined;
}

/**
 * A JSON file, not yet checked.
 *
 * @throws InputError as `readText` and `parseJson`, without the path
 */
export function readJsonFile(path: string | URL, longest?: number): unknown {
  return parseJson(readText(path, longest));
}

/** Whether JSON is nested deeper. */
function isDeeper(text: string, levels: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '"':
        for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
        break;
      case "[":
      case "{":
        if (++depth > levels) return true;
        break;
      case "]":
      case "}":
        depth--;
    }
  }
  return false;
}
