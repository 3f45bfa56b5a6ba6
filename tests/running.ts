/**
 * Running the command line as a user does, with the permissions that the task gives and no more.
 *
 * @module
 */

import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** How a command ended. */
export interface Ended {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly error: string;
}

const permissions: string[] = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")))
  .tasks.stackbench.command.split(" ").filter((word: string) => word.startsWith("--allow"));

/** Runs a command in a folder. */
export function stackbenchIn(folder: string, ...args: string[]): Promise<Ended> {
  return stackbenchAs({}, folder, ...args);
}

/** Runs a command in a folder, with variables in its environment. */
export async function stackbenchAs(
  env: Readonly<Record<string, string>>,
  folder: string,
  ...args: string[]
): Promise<Ended> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...permissions, join(ROOT, "src/cli/main.ts"), ...args],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), error: text(stderr) };
}
