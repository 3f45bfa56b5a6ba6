/**
 * `stackbench setup`: fetches what is missing.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { InputError } from "../../base/errors.ts";
import { writeOut } from "../terminal.ts";

/** Adds the command. */
export function setup(program: Command): void {
  program.command("setup")
    .description("fetch oneDNN with this machine's pip, pinned and checked, where it is missing")
    .action(async () => {
      const { fetchOneDnn, namedByUser, searchLibrary } = await import("../../platform/mod.ts");
      const { found, problem } = searchLibrary("onednn");
      if (found) return writeOut(`oneDNN is there already, in ${found.where}: ${found.path}\n`);
      if (namedByUser("onednn")) {
        throw new InputError(problem, { advice: "name oneDNN 3.x there, or unset the variable" });
      }
      const path = await fetchOneDnn((message) => writeOut(`${message}\n`));
      writeOut(`oneDNN is now at ${path}\n`);
    });
}
