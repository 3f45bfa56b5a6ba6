/**
 * `stackbench setup`: fetches what is missing.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { InputError } from "../../base/errors.ts";
import type { Fetchable } from "../../platform/mod.ts";
import { writeOut } from "../terminal.ts";

/** Adds the command. */
export function setup(program: Command): void {
  program.command("setup")
    .description("fetch native libraries with this machine's pip, pinned and checked")
    .option("--gpu", "also what an NVIDIA GPU needs: cuDNN 9, cuBLASLt, NVRTC (1 GB to download)")
    .action(async ({ gpu }) => {
      const { clearUpFetches, FETCHED_ALWAYS, fetchedForGpu } = await import(
        "../../platform/mod.ts"
      );
      clearUpFetches();
      for (const library of FETCHED_ALWAYS) await fetchMissing(library);
      if (!gpu) return;
      for (const library of fetchedForGpu()) await fetchMissing(library);
    });
}

/** Fetches a library unless it is there. */
async function fetchMissing({ key, fetch }: Fetchable): Promise<void> {
  const { libraryChange, LIBRARIES, namedByUser, requireUnchanged, searchLibrary } = await import(
    "../../platform/mod.ts"
  );
  const { name, variable } = LIBRARIES[key];
  const { found, problem } = searchLibrary(key);
  if (found) {
    const change = namedByUser(key) ? null : libraryChange(key, found.path, { anew: true });
    if (change === null) {
      return writeOut(`${name} is there already, in ${found.where}: ${found.path}\n`);
    }
    writeOut(`${change}: fetching it again\n`);
  } else if (namedByUser(key)) {
    throw new InputError(problem, { advice: `name ${name} in ${variable}, or unset it` });
  }
  const path = await fetch((message) => writeOut(`${message}\n`));
  requireUnchanged(key, path);
  writeOut(`${name} is now at ${path}\n`);
}
