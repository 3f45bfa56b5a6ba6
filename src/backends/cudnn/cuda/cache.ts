/**
 * What was compiled for a GPU, kept on disk: machine code of kernels, and plans of engines that
 * cuDNN compiles. An entry says what it is for and holds a checksum; one that is damaged or for
 * something else is thrown away, which is said.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../../../base/atomic.ts";
import { sha256 } from "../../../base/hashing.ts";
import { checkoutFolder } from "../../../base/installation.ts";
import { projectLibraryFolder, userLibraryFolder } from "../../../platform/places.ts";

/** Bytes of a SHA-256 in hexadecimal. */
const CHECKSUM = 64;

/** Entries by key. */
export interface Cache {
  /** What was kept under a key; null where nothing was, or it is of no use. */
  get(key: string): Uint8Array<ArrayBuffer> | null;
  /** Keeps something; where that is not possible nothing happens. */
  set(key: string, bytes: Uint8Array): void;
  /** Throws an entry away that turned out to be of no use, and says why. */
  discard(key: string, why: string): void;
}

/** Keeps nothing. */
export const NO_CACHE: Cache = { get: () => null, set() {}, discard() {} };

/** The folder beside that of the libraries, in the checkout or in the user's cache. */
export function cacheFolder(): string {
  const libraries = checkoutFolder() === null ? userLibraryFolder() : null;
  return join(libraries ?? projectLibraryFolder(), "..", "cache", "cudnn");
}

/** A folder of entries. */
export class DiskCache implements Cache {
  readonly #folder: string;
  readonly #warn: (message: string) => void;

  /**
   * A cache in a folder, which is made when it is first written to.
   *
   * @param warn told of entries that are thrown away
   */
  constructor(folder: string = cacheFolder(), warn: (message: string) => void = toStandardError) {
    this.#folder = folder;
    this.#warn = warn;
  }

  /** An entry is a checksum, the key and a line feed, and the bytes. */
  get(key: string): Uint8Array<ArrayBuffer> | null {
    const whole = this.#read(this.#path(key));
    if (!whole) return null;
    const checksum = new TextDecoder().decode(whole.subarray(0, CHECKSUM));
    const rest = whole.subarray(CHECKSUM);
    const head = new TextEncoder().encode(`${key}\n`);
    if (sha256(rest) !== checksum) {
      this.discard(key, "it is damaged");
      return null;
    }
    if (!head.every((byte, i) => byte === rest[i])) {
      this.discard(key, "it is for something else");
      return null;
    }
    return rest.slice(head.length);
  }

  set(key: string, bytes: Uint8Array): void {
    const head = new TextEncoder().encode(`${key}\n`);
    try {
      Deno.mkdirSync(this.#folder, { recursive: true });
      writeAtomically(this.#path(key), [sha256(head, bytes), head, bytes]);
    } catch {
      // no room or no permission: it is compiled again next time
    }
  }

  discard(key: string, why: string): void {
    this.#warn(`an entry of the cache of compiled kernels is thrown away: ${why}`);
    try {
      Deno.removeSync(this.#path(key));
    } catch {
      // gone already, or no permission: the next entry takes its place
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${sha256(key)}.bin`);
  }

  #read(path: string): Uint8Array<ArrayBuffer> | null {
    try {
      return Deno.readFileSync(path);
    } catch {
      // not kept yet, or no permission
      return null;
    }
  }
}

function toStandardError(message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`warning: ${message}\n`));
}
