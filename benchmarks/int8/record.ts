/**
 * The file that the scripts of this folder write, each its own sections.
 *
 * @module
 */

import { writeAtomically } from "../../src/base/atomic.ts";
import { isThere } from "../../src/base/is_there.ts";
import { readJsonFile } from "../../src/base/json_file.ts";
import { cpuFacts, toolFacts } from "../../src/platform/mod.ts";

/** Writes a section, with the processor and the version that it was found with. */
export function note(path: string, section: string, found: unknown): void {
  const before = isThere(path) ? readJsonFile(path) as Record<string, unknown> : {};
  const { commit } = toolFacts();
  const record = {
    ...before,
    [section]: { commit, cpu: cpuFacts().model, found },
  };
  writeAtomically(path, [`${JSON.stringify(record, null, 1)}\n`]);
}
