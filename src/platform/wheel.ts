/**
 * Taking one file out of a Python wheel (a zip archive) without unpacking the rest.
 *
 * @module
 */

import { inflateSync } from "fflate";
import { InputError, messageOf } from "../base/errors.ts";

/** What one byte of deflate can become at most, rounded up. */
const LARGEST_RATIO = 1040;

const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;

/**
 * The bytes of the one entry whose base name is `name`.
 *
 * Reads the zip's central directory from the end (APPNOTE 4.3.16, 4.3.12), then that entry only.
 *
 * @throws InputError when the archive is damaged or has no such entry
 */
export function entryOfWheel(zip: Uint8Array<ArrayBuffer>, name: string): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const damaged = (what: string) => new InputError(`the downloaded archive is damaged: ${what}`);
  let end = zip.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY) end--;
  if (end < 0) throw damaged("it has no directory");
  const entries = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < entries; i++) {
    if (at + 46 > zip.length || view.getUint32(at, true) !== ENTRY) {
      throw damaged("its directory breaks off");
    }
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    const path = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameLength));
    if (path.split("/").at(-1) === name) {
      const method = view.getUint16(at + 10, true);
      const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
      const local = view.getUint32(at + 42, true);
      if (local + 30 > zip.length) throw damaged(`entry ${name} lies outside it`);
      const start = local + 30 + view.getUint16(local + 26, true) +
        view.getUint16(local + 28, true);
      const body = zip.subarray(start, start + packed);
      if (method === 0) return body;
      if (method === 8) return inflated(body, size, damaged);
      throw damaged(`entry ${name} has the unknown compression ${method}`);
    }
    at += 46 + nameLength + extra + comment;
  }
  throw new InputError(`the downloaded archive has no ${name}`);
}

/** An entry's bytes, which must be as many as its directory says. */
function inflated(body: Uint8Array, size: number, damaged: (what: string) => Error): Uint8Array {
  if (size > body.length * LARGEST_RATIO) throw damaged("an entry claims more than it can hold");
  let content: Uint8Array;
  try {
    content = inflateSync(body, { out: new Uint8Array(size) });
  } catch (error) {
    throw damaged(messageOf(error));
  }
  if (content.length !== size) throw damaged("an entry is shorter than it claims");
  return content;
}
