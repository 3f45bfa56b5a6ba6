/**
 * How this program starts itself.
 *
 * @module
 */

import { ownFile } from "../base/installation.ts";
import type { CommandLine } from "./timing_client.ts";

/** What a process of this program may do: what the tasks of deno.json allow, less starting others. */
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi"];

/** What starting others takes. */
const STARTING = "--allow-run=deno,git";

/**
 * What a process of Linux calls its own program: a compiled binary may be told when it is built that
 * it may start itself, though not yet where it will lie.
 */
const ITSELF = "/proc/self/exe";

/**
 * The command line of a command of this program; null where this process may start none.
 *
 * @param args the command and its arguments
 */
export function selfCommand(...args: readonly string[]): CommandLine | null {
  if (Deno.build.standalone) {
    const program = [ITSELF, Deno.execPath()].find(mayRun);
    return program === undefined ? null : [program, ...args];
  }
  const main = ownFile("src/cli/main.ts") ?? new URL("../cli/main.ts", import.meta.url).href;
  return programCommand(main, ...args);
}

/**
 * The command line of a program in TypeScript with the permissions of this one; null where this
 * process may start none.
 *
 * @param file the program
 * @param args its arguments
 */
export function programCommand(file: string, ...args: readonly string[]): CommandLine | null {
  return withPermissions(PERMISSIONS, file, args);
}

/** The same of a program that starts processes of its own, as a run does that times in fresh ones. */
export function startingCommand(file: string, ...args: readonly string[]): CommandLine | null {
  return withPermissions([...PERMISSIONS, STARTING], file, args);
}

function withPermissions(
  permissions: readonly string[],
  file: string,
  args: readonly string[],
): CommandLine | null {
  const program = [Deno.execPath(), "deno"].find(mayRun);
  if (program === undefined) return null;
  return [program, "run", "--quiet", "--no-prompt", ...permissions, file, ...args];
}

function mayRun(command: string): boolean {
  return Deno.permissions.querySync({ name: "run", command }).state === "granted";
}
