/**
 * `stackbench setup`: fetches what is missing.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { writeOut } from "../terminal.ts";

/** Adds the command. */
export function setup(program: Command): void {
  program.command("setup")
    .description("fetch oneDNN with this machine's pip, pinned and checked, where it is missing")
    .action(async () => {
      const { fetchOneDnn, searchLibrary } = await import("../../platform/mod.ts");
      const { found } = searchLibrary("onednn");
      if (found) return writeOut(`oneDNN is there already, in ${found.where}: ${found.path}\n`);
      const path = await fetchOneDnn((message) => writeOut(`${message}\n`));
      writeOut(`oneDNN is now at ${path}\n`);
    });
}
