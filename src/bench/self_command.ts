/**
 * How this program starts itself.
 *
 * @module
 */

import type { CommandLine } from "./timing_client.ts";

/** What a process of this program may do: what the tasks of deno.json allow, less starting others. */
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-ffi"];

/**
 * The command line of a command of this program; null where this process may start none.
 *
 * @param args the command and its arguments
 */
export function selfCommand(...args: readonly string[]): CommandLine | null {
  if (Deno.build.standalone) return mayRun(Deno.execPath()) ? [Deno.execPath(), ...args] : null;
  const main = new URL("../cli/main.ts", import.meta.url);
  const file = main.protocol === "file:" ? decodeURIComponent(main.pathname) : main.href;
  return programCommand(file, ...args);
}

/**
 * The command line of a program in TypeScript with the permissions of this one; null where this
 * process may start none.
 *
 * @param file the program
 * @param args its arguments
 */
export function programCommand(file: string, ...args: readonly string[]): CommandLine | null {
  const program = [Deno.execPath(), "deno"].find(mayRun);
  if (program === undefined) return null;
  return [program, "run", "--quiet", "--no-prompt", ...PERMISSIONS, file, ...args];
}

function mayRun(command: string): boolean {
  return Deno.permissions.querySync({ name: "run", command }).state === "granted";
}
