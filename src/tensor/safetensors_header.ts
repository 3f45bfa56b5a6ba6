/**
 * The header of a safetensors file: JSON that says where each tensor lies. Headers come from
 * strangers, so nothing in them is believed before it is checked.
 *
 * Format: 8 bytes little-endian length, the header as UTF-8 JSON, then the tensors back to back.
 *
 * @module
 */

import { InputError, messageOf } from "../base/errors.ts";
import { repeatedKey } from "../base/json_file.ts";
import type { Shape } from "../base/shapes.ts";
import { isStoredType, STORED_BYTES, type StoredType } from "./safetensors_types.ts";

/** Longest header that the format allows. */
export const MAX_HEADER_BYTES = 100_000_000;

/** One tensor of a header. */
export interface Entry {
  /** Its name. */
  readonly name: string;
  /** Element type in the file. */
  readonly type: StoredType;
  /** Sizes of its axes. */
  readonly shape: Shape;
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** What a header says. */
export interface Header {
  /** Tensors in the order in which they lie in the file. */
  readonly entries: readonly Entry[];
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Name of the header's one entry that is not a tensor. */
export const METADATA = "__metadata__";

/**
 * Reads a header.
 *
 * @param bytes the JSON, without the length before it
 * @param dataBytes bytes of the file after the header
 * @param file name of the file, for messages
 * @throws InputError that names the file and the tensor at fault
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): Header {
  const json = parseJson(bytes, file);
  const { [METADATA]: metadata = {}, ...tensors } = json;
  const entries = Object.entries(tensors)
    .map(([name, entry]) => parseEntry(name, entry, file))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  requireBackToBack(entries, dataBytes, file);
  return { entries, metadata: parseMetadata(metadata, file) };
}

/** Writes a header, padded with spaces so that the tensors start at a multiple of 8 bytes. */
export function formatHeader({ entries, metadata }: Header): Uint8Array<ArrayBuffer> {
  // put together by hand: an object would move names that are whole numbers to the front
  const member = (key: string, value: unknown) => `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  const texts = Object.keys(metadata).sort().map((key) => member(key, metadata[key]));
  const members = entries.map(({ name, type, shape, begin, end }) =>
    member(name, { dtype: type, shape, data_offsets: [begin, end] })
  );
  if (texts.length > 0) members.unshift(`${JSON.stringify(METADATA)}:{${texts.join(",")}}`);
  const text = `{${members.join(",")}}`;
  const json = new TextEncoder().encode(text);
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20, 8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

/** An InputError about a file. */
export function fileError(file: string, problem: string, cause?: unknown): InputError {
  return new InputError(`${file} is not a valid safetensors file: ${problem}`, {
    cause,
    advice: "copy it again, or have the program that wrote it write it anew",
  });
}

/** A stranger's value as a short text without control characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function parseJson(bytes: Uint8Array, file: string): Record<string, unknown> {
  let json: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    throw fileError(file, `its header is not JSON (${messageOf(error)})`, error);
  }
  if (!isRecord(json)) throw fileError(file, "its header is not a JSON object");
  const twice = repeatedKey(text);
  if (twice !== undefined) throw fileError(file, `its header names ${shown(twice)} twice`);
  return json;
}

function parseEntry(name: string, entry: unknown, file: string): Entry {
  const wrong = (problem: string) => fileError(file, `tensor ${shown(name)} ${problem}`);
  if (!isRecord(entry)) throw wrong("is not described by an object");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isStoredType(dtype)) {
    const known = Object.keys(STORED_BYTES).join(", ");
    throw wrong(`has element type ${shown(dtype)}; this program reads ${known}`);
  }
  if (!isSizes(shape)) throw wrong("has no valid shape");
  if (!isSizes(offsets) || offsets.length !== 2) throw wrong("has no valid data_offsets");
  const [begin, end] = offsets;
  // a product of safe integers that is itself safe is exact; a larger one cannot equal the bytes
  const needed = shape.reduce((product, size) => product * size, STORED_BYTES[dtype]);
  if (end - begin !== needed) {
    throw wrong(
      `of type ${dtype} and shape ${shown(shape)} needs ${needed} bytes, not ${end - begin}`,
    );
  }
  return { name, type: dtype, shape, begin, end };
}

function requireBackToBack(entries: readonly Entry[], dataBytes: number, file: string): void {
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (end > dataBytes) {
      throw fileError(file, `tensor ${shown(name)} ends at byte ${end} of ${dataBytes}`);
    }
    if (begin !== at) {
      const problem = begin < at ? "overlaps the tensor before it" : "leaves a gap before it";
      throw fileError(
        file,
        `tensor ${shown(name)} ${problem} (begins at ${begin}, expected ${at})`,
      );
    }
    at = end;
  }
  if (at !== dataBytes) {
    throw fileError(file, `its tensors end at byte ${at} of ${dataBytes}`);
  }
}

function parseMetadata(metadata: unknown, file: string): Record<string, string> {
  const isText = (value: unknown): value is string => typeof value === "string";
  if (!isRecord(metadata) || !Object.values(metadata).every(isText)) {
    throw fileError(file, `${METADATA} is not a map of texts`);
  }
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, `${value}`]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0));
}
