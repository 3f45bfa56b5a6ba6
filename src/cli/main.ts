/**
 * The command line.
 *
 * @module
 */

import { join } from "node:path";
import { runCommandLine } from "./program.ts";

standWhereTheUserStood();

Deno.exitCode = await runCommandLine(Deno.args);

/**
 * `deno task` runs commands in the folder of deno.json and tells in INIT_CWD where it was called:
 * paths of the command line start from there.
 */
function standWhereTheUserStood(): void {
  const stood = Deno.env.get("INIT_CWD");
  if (stood === undefined || import.meta.dirname === undefined) return;
  try {
    // in any other folder nobody but the user can have started this
    if (Deno.realPathSync(Deno.cwd()) !== Deno.realPathSync(join(import.meta.dirname, "../.."))) {
      return;
    }
    Deno.chdir(stood);
  } catch {
    // the folder is gone: paths start from where the process is
  }
}
