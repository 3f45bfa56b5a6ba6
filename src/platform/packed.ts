/**
 * Native libraries that a compiled binary brings along: unpacked into the user's cache when they
 * are first looked for. The operating system loads libraries from files only.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { MissingError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { ownFile, type PackedFile } from "../base/installation.ts";

/**
 * Unpacks a file, whole or not at all.
 *
 * @param folder where it goes; must exist
 * @param source where it lies
 * @returns the path of the file
 * @throws MissingError when it is not the one that was packed; InputError when it cannot be written
 *
 * @example
 * ```ts
 * import { unpack } from "./packed.ts";
 * import { sha256 } from "../base/hashing.ts";
 * import assert from "node:assert/strict";
 * const folder = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(`${folder}/packed`, "library");
 * const file = { path: "packed", saveAs: "libx.so", sha256: sha256("library") };
 * const path = unpack(file, folder, `${folder}/packed`);
 * assert.equal(Deno.readTextFileSync(path), "library");
 * const changed = { ...file, sha256: sha256("another") };
 * assert.throws(() => unpack(changed, folder, `${folder}/packed`), /SHA-256/);
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function unpack(
  { path, saveAs, sha256: expected }: PackedFile,
  folder: string,
  source: string = ownFile(path)!,
): string {
  const bytes = Deno.readFileSync(source);
  const found = sha256(bytes);
  if (found !== expected) {
    throw new MissingError(
      `${saveAs} in this program is not the one it was built with: its ` +
        `SHA-256 is ${found}`,
      {
        advice: "get the program again: this file of it is damaged",
        details: { expected, found },
      },
    );
  }
  const target = join(folder, saveAs);
  writeAtomically(target, [bytes]);
  return target;
}
