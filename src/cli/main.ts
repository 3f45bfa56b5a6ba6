/**
 * The command line.
 *
 * @module
 */

import { runCommandLine } from "./program.ts";

Deno.exitCode = await runCommandLine(Deno.args);
