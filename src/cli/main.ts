/**
 * The command line.
 *
 * @module
 */

import { checkoutFolder } from "../base/installation.ts";
import { runCommandLine } from "./program.ts";

standWhereTheUserStood();

Deno.exitCode = await runCommandLine(Deno.args);

/**
 * `deno task` runs commands in the folder of deno.json and tells in INIT_CWD where it was called:
 * paths of the command line start from there.
 */
function standWhereTheUserStood(): void {
  const stood = Deno.env.get("INIT_CWD");
  const checkout = checkoutFolder();
  if (stood === undefined || checkout === null) return;
  try {
    // in any other folder nobody but the user can have started this
    if (Deno.realPathSync(Deno.cwd()) !== Deno.realPathSync(checkout)) return;
    Deno.chdir(stood);
  } catch {
    // the folder is gone: paths start from where the process is
  }
}
