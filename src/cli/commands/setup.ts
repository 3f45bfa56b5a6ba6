/**
 * `stackbench setup`: fetches what is missing.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { InputError } from "../../base/errors.ts";
import type { LibraryKey } from "../../platform/mod.ts";
import { writeOut } from "../terminal.ts";

/** Adds the command. */
export function setup(program: Command): void {
  program.command("setup")
    .description("fetch native libraries with this machine's pip, pinned and checked")
    .option("--gpu", "also what an NVIDIA GPU needs: cuDNN 9, cuBLASLt, NVRTC (1 GB to download)")
    .action(async ({ gpu }) => {
      const { fetchGpuLibrary, fetchOneDnn, wantedCuda } = await import("../../platform/mod.ts");
      await fetchMissing("onednn", fetchOneDnn);
      if (!gpu) return;
      const cuda = wantedCuda();
      for (const key of ["nvrtc", "cublaslt", "cudnn"] as const) {
        await fetchMissing(key, (say) => fetchGpuLibrary(key, cuda, say));
      }
    });
}

/** Fetches a library unless it is there. */
async function fetchMissing(
  key: LibraryKey,
  fetch: (say: (message: string) => void) => Promise<string>,
): Promise<void> {
  const { LIBRARIES, namedByUser, searchLibrary } = await import("../../platform/mod.ts");
  const { name, variable } = LIBRARIES[key];
  const { found, problem } = searchLibrary(key);
  if (found) return writeOut(`${name} is there already, in ${found.where}: ${found.path}\n`);
  if (namedByUser(key)) {
    throw new InputError(problem, { advice: `name ${name} in ${variable}, or unset it` });
  }
  const path = await fetch((message) => writeOut(`${message}\n`));
  writeOut(`${name} is now at ${path}\n`);
}
