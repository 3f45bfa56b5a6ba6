/**
 * Reading and writing safetensors files, the format of weights.
 *
 * @module
 */

import { DTYPE_BYTES } from "../base/dtypes.ts";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, messageOf } from "../base/errors.ts";
import type { Shape } from "../base/shapes.ts";
import { FOREIGN_START, foreignFile } from "./foreign_files.ts";
import {
  type Entry,
  fileError,
  formatHeader,
  type Header,
  MAX_HEADER_BYTES,
  METADATA,
  parseHeader,
  shown,
} from "./safetensors_header.ts";
import { type StoredType, tensorFromBytes, WRITTEN } from "./safetensors_types.ts";
import type { Tensor, Tensors } from "./tensor.ts";

/** Bytes per system call; a call for 800 MB at once would hold the memory twice. */
const PIECE = 16 << 20;

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** Tensors by name, in the order in which they lie in the file. */
  readonly tensors: Tensors;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor that still lies in its file. */
export interface StoredTensor {
  /** Sizes of its axes. */
  readonly shape: Shape;
  /** Element type in the file. */
  readonly type: StoredType;
  /**
   * Reads it, each time anew.
   *
   * @throws InputError that names the file and the tensor at fault
   */
  read(): Tensor;
}

/** A safetensors file of which the header was read. */
export interface SafetensorsIndex {
  /** Tensors by name, in the order in which they lie in the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the header of a file, whose tensors can then be read one by one: what is asked for once and
 * packed, as weights are, is never held twice.
 *
 * @throws InputError that names the file and the tensor at fault
 */
export function indexSafetensors(path: string): SafetensorsIndex {
  using file = openToRead(path);
  const { entries, metadata, dataBegin } = readHeader(file, path);
  const tensors = entries.map((entry) => {
    const { shape, type } = entry;
    return [entry.name, { shape, type, read: () => readTensor(path, entry, dataBegin) }] as const;
  });
  return { tensors: new Map(tensors), metadata };
}

function readHeader(file: Deno.FsFile, path: string): Header & { readonly dataBegin: number } {
  const size = file.statSync().size;
  try {
    const length = size < 8 ? 0 : headerLength(file, path);
    if (length < 2 || length > Math.min(size - 8, MAX_HEADER_BYTES)) {
      throw fileError(path, `it has ${size} bytes and a header of ${length}`);
    }
    const header = parseHeader(readBytes(file, length, path), size - 8 - length, path);
    return { ...header, dataBegin: 8 + length };
  } catch (error) {
    // only then: the length of a sound header may look like the beginning of anything
    throw foreignError(file, size, path) ?? error;
  }
}

/** Says what a file is that begins as something else does. */
function foreignError(file: Deno.FsFile, size: number, path: string): InputError | undefined {
  file.seekSync(0, Deno.SeekMode.Start);
  const foreign = foreignFile(readBytes(file, Math.min(size, FOREIGN_START), path));
  return foreign && new InputError(`${path} is ${foreign.what}`, { advice: foreign.advice });
}

function readTensor(path: string, entry: Entry, dataBegin: number): Tensor {
  const { name, type, shape, begin, end } = entry;
  using file = openToRead(path);
  file.seekSync(dataBegin + begin, Deno.SeekMode.Start);
  const found = tensorFromBytes(type, shape, readBytes(file, end - begin, path).buffer);
  if (found) return found;
  throw fileError(path, `tensor ${shown(name)} has an integer beyond 2^53, too large to be exact`);
}

/**
 * Reads a file. Types that memory does not have are widened exactly: F16 to f32; I8 to i16; BOOL
 * to u8; U32, I64 and U64 to f64.
 *
 * Each tensor has a buffer of its own, so that one can be dropped while others stay.
 *
 * @throws InputError that names the file and the tensor at fault
 */
export function readSafetensors(path: string): SafetensorsFile {
  const { tensors, metadata } = indexSafetensors(path);
  return { tensors: new Map([...tensors].map(([name, one]) => [name, one.read()])), metadata };
}

/**
 * Writes a file: whole or not at all, and the same tensors always give the same bytes.
 *
 * @throws InputError when it cannot be written
 */
export function writeSafetensors(
  path: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const { header, ordered } = layOut(tensors, metadata);
  const bytes = ordered.map(({ data }) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  );
  writeAtomically(path, [formatHeader(header), ...bytes]);
}

function layOut(tensors: Tensors, metadata: Readonly<Record<string, string>>) {
  if (tensors.has(METADATA)) throw new InputError(`no tensor can be named ${METADATA}`);
  const rank = new Map(WRITTEN.map(([dtype], index) => [dtype, index]));
  const named = [...tensors].sort(([a, { dtype: s }], [b, { dtype: t }]) =>
    rank.get(s)! - rank.get(t)! || (a < b ? -1 : 1)
  );
  let at = 0;
  const entries = named.map(([name, { dtype, shape, data }]) => {
    const begin = at;
    at += data.length * DTYPE_BYTES[dtype];
    return { name, type: WRITTEN[rank.get(dtype)!][1], shape, begin, end: at };
  });
  const header: Header = { entries, metadata };
  return { header, ordered: named.map(([, tensor]) => tensor) };
}

function headerLength(file: Deno.FsFile, path: string): number {
  return Number(new DataView(readBytes(file, 8, path).buffer).getBigUint64(0, true));
}

function readBytes(file: Deno.FsFile, length: number, path: string): Uint8Array<ArrayBuffer> {
  const bytes = allocateBytes(length, path);
  for (let at = 0; at < length;) {
    const count = readSome(file, bytes.subarray(at, Math.min(at + PIECE, length)), path);
    if (count === null) throw fileError(path, "it ends before its last tensor");
    at += count;
  }
  return bytes;
}

function readSome(file: Deno.FsFile, target: Uint8Array, path: string): number | null {
  try {
    return file.readSync(target);
  } catch (error) {
    throw cannot("read", path, error);
  }
}

function allocateBytes(length: number, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (error) {
    throw new InputError(`${path} holds a tensor of ${length} bytes: too large for this machine`, {
      cause: error,
      advice: "give the process more memory, or take smaller weights",
    });
  }
}

const NAME_WEIGHTS = "name a safetensors file that is there and may be read";

function openToRead(path: string): Deno.FsFile {
  try {
    // asked before opening: opening a named pipe would wait forever
    if (Deno.statSync(path).isFile) return Deno.openSync(path, { read: true });
  } catch (error) {
    throw cannot("open", path, error);
  }
  throw new InputError(`cannot read ${path}: it is not a file`, { advice: NAME_WEIGHTS });
}

function cannot(what: string, path: string, cause: unknown): InputError {
  return new InputError(`cannot ${what} ${path}: ${messageOf(cause)}`, {
    cause,
    advice: NAME_WEIGHTS,
  });
}
