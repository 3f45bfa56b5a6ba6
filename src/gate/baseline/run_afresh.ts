/**
 * What is new, run as `stackbench run` runs it: what a stored result can be compared with.
 *
 * @module
 */

import { join } from "node:path";
import { messageOf, StackbenchError } from "../../base/errors.ts";
import { startingCommand } from "../../bench/self_command.ts";
import type { CommandLine } from "../../bench/timing_client.ts";
import { childEnvironment } from "../../platform/mod.ts";
import { readRunResult, type RunResult } from "../../results/mod.ts";
import { MAIN } from "../sides/checkouts.ts";
import type { Side } from "../sides/sides.ts";

/** What is run. */
export interface RunAfresh {
  /** The suite's file, or its name where the side is a command. */
  readonly suite: string;
  /** What computes. */
  readonly backend: string;
  /** Folder that the results go to; whoever made it removes it. */
  readonly folder: string;
}

/**
 * Runs the suite whole by a side's own program.
 *
 * @throws StackbenchError with what it says where it fails; the reason of the signal
 */
export async function runAfresh(
  side: Side,
  { suite, backend, folder }: RunAfresh,
  signal: AbortSignal,
): Promise<RunResult> {
  const out = join(folder, "new");
  const args = ["run", "--suite", suite, "--backend", backend, "--out", out, "--quiet"];
  const [program, ...words] = commandOf(side, args);
  let ended: Deno.CommandOutput;
  try {
    ended = await new Deno.Command(program, {
      args: words,
      cwd: side.root ?? undefined,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal,
      ...childEnvironment({ NO_COLOR: "1" }),
    }).output();
  } catch (error) {
    signal.throwIfAborted();
    throw new StackbenchError(`the new side could not be started: ${messageOf(error)}`, {
      cause: error,
    });
  }
  signal.throwIfAborted();
  if (!ended.success) {
    const said = new TextDecoder().decode(ended.stderr).trim().slice(-2000);
    throw new StackbenchError(`the new side failed in its run: ${said || `it says nothing`}`, {
      advice: "try it by hand: stackbench run with the same suite",
    });
  }
  return readRunResult(join(out, "result.json"));
}

/** The side's program with other arguments than those of a process that times. */
function commandOf({ root, command }: Side, args: readonly string[]): CommandLine {
  if (root !== null) {
    const found = startingCommand(join(root, MAIN), ...args);
    if (found !== null) return found;
  }
  const [program, ...words] = command;
  return [program, ...words.filter((word) => word !== "serve-timing"), ...args];
}
