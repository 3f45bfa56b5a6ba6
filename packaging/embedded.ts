/**
 * What `deno compile` put into a binary for Linux: its files, its entry, its permissions.
 *
 * They lie in a note of the ELF file, `.note.sui`: the runtime's metadata as JSON, packages as npm
 * resolved them, modules from elsewhere, the tree of files as JSON, then the bytes of all files. Each
 * part but the tables of modules has its length before it; all numbers are little-endian.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { InputError } from "../src/base/errors.ts";

/** The section of the ELF file. */
const SECTION = ".note.sui";
/** What the data begin and end with. */
const MAGIC = "d3n0l4nd";
/** Bytes of the three tables of modules from elsewhere where all are empty. */
const NO_MODULES = 12;
/** Where the compiler puts npm packages. */
export const PACKAGES = ".deno_compile_node_modules/localhost";

/** What a binary holds. */
export interface Embedded {
  /** Module that it starts with. */
  readonly entry: string;
  /** What it may do: null nothing, empty everything, else what is named. */
  readonly permissions: Readonly<Record<string, readonly string[] | boolean | null>>;
  /** Bytes of every file, by its path from the top. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Bytes of all that was put in, the runtime apart. */
  readonly size: number;
  /** The metadata as they stand there. */
  readonly metadata: string;
}

/** A file or folder as the tree has it. */
type Entry =
  | { readonly Dir: { readonly n: string; readonly e: readonly Entry[] } }
  | { readonly File: { readonly n: string; readonly o: readonly [number, number] } };

/**
 * Reads a binary.
 *
 * @throws InputError where it is no ELF file, or holds no such section
 */
export function readEmbedded(path: string): Embedded {
  const section = sectionOf(Deno.readFileSync(path), path);
  const text = new TextDecoder("latin1").decode(section.subarray(0, 256));
  const start = text.lastIndexOf(MAGIC);
  if (start < 0) {
    throw new InputError(`${path}: the section ${SECTION} holds nothing that is known`);
  }
  const reader = new Parts(section, start + MAGIC.length);
  const metadata = decode(reader.next());
  reader.next();
  reader.skip(NO_MODULES);
  const tree: readonly Entry[] = JSON.parse(decode(reader.next()));
  const bytes = reader.next();
  const { entrypoint_key: entry, permissions } = JSON.parse(metadata);
  return {
    entry,
    permissions,
    files: new Map(filesOf(tree, "", bytes)),
    size: section.length,
    metadata,
  };
}

/** Writes all files below a folder. */
export function extract({ files }: Embedded, folder: string): void {
  for (const [path, bytes] of files) {
    const target = join(folder, path);
    Deno.mkdirSync(dirname(target), { recursive: true });
    Deno.writeFileSync(target, bytes);
  }
}

function* filesOf(
  entries: readonly Entry[],
  under: string,
  bytes: Uint8Array,
): Generator<[string, Uint8Array]> {
  for (const entry of entries) {
    if ("Dir" in entry) yield* filesOf(entry.Dir.e, `${under}${entry.Dir.n}/`, bytes);
    else {
      const { n, o: [from, length] } = entry.File;
      yield [under + n, bytes.subarray(from, from + length)];
    }
  }
}

/** Parts with their lengths before them, one after another. */
class Parts {
  readonly #bytes: Uint8Array;
  #at: number;

  /** Begins at an offset. */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** The next part. */
  next(): Uint8Array {
    const length = Number(viewOf(this.#bytes).getBigUint64(this.#at, true));
    const from = this.#at + 8;
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }

  /** Passes over bytes. */
  skip(bytes: number): void {
    this.#at += bytes;
  }
}

/** The bytes of the section in a 64-bit ELF file (its header, then its table of sections). */
function sectionOf(file: Uint8Array, path: string): Uint8Array {
  const view = viewOf(file);
  if (file.length < 64 || view.getUint32(0) !== 0x7f454c46) {
    throw new InputError(`${path} is no ELF file`, { advice: "name a binary for Linux" });
  }
  const table = Number(view.getBigUint64(0x28, true));
  const [size, count, names] = [0x3a, 0x3c, 0x3e].map((at) => view.getUint16(at, true));
  const headerOf = (index: number) => {
    const at = table + index * size;
    const [from, length] = [0x18, 0x20].map((o) => Number(view.getBigUint64(at + o, true)));
    return { name: view.getUint32(at, true), bytes: file.subarray(from, from + length) };
  };
  const texts = headerOf(names).bytes;
  for (let index = 0; index < count; index++) {
    const { name, bytes } = headerOf(index);
    const end = texts.indexOf(0, name);
    if (decode(texts.subarray(name, end)) === SECTION) return bytes;
  }
  throw new InputError(`${path} has no section ${SECTION}`, {
    advice: "name a binary that deno compile made",
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
