/**
 * The files below a folder, in an order that does not depend on the file system.
 *
 * @module
 */

import { join } from "node:path";
import { InputError, messageOf } from "../../base/errors.ts";

/** Folders within folders that are searched. */
const DEEPEST = 12;

/** Files that are listed at most: more is a folder that was not meant. */
const MOST_FILES = 500_000;

/**
 * Lists files, relative to the folder; links are followed, each folder once, and what begins with a
 * dot is left out.
 *
 * @throws InputError when the folder cannot be listed
 */
export function filesBelow(folder: string): string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  const visit = (below: string, depth: number) => {
    const path = join(folder, below);
    const real = attempt(path, () => Deno.realPathSync(path));
    if (seen.has(real) || depth > DEEPEST) return;
    seen.add(real);
    const entries = attempt(path, () => [...Deno.readDirSync(path)])
      .filter(({ name }) => !name.startsWith("."))
      .sort((a, b) => a.name < b.name ? -1 : 1);
    for (const entry of entries) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      const kind = entry.isSymlink ? kindOfLink(join(folder, name)) : entry;
      if (kind.isDirectory) visit(name, depth + 1);
      else if (kind.isFile) files.push(name);
      if (files.length > MOST_FILES) {
        throw new InputError(`${folder} holds more than ${MOST_FILES} files`, {
          advice: "name the folder of one data set",
        });
      }
    }
  };
  visit("", 0);
  return files;
}

/** What a link leads to; nothing for one that leads nowhere. */
function kindOfLink(path: string): { readonly isDirectory: boolean; readonly isFile: boolean } {
  try {
    return Deno.statSync(path);
  } catch {
    return { isDirectory: false, isFile: false };
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InputError(`${path} could not be listed: ${messageOf(error)}`, {
      cause: error,
      advice: "name a folder of scans that may be read",
    });
  }
}
