/**
 * Git, asked.
 *
 * @module
 */

import { InputError, messageOf } from "../../base/errors.ts";
import { childEnvironment } from "../../platform/mod.ts";

/**
 * What a git command prints, without the end of its last line. It waits: worktrees are removed while
 * the process ends, when nothing that is awaited comes back.
 *
 * @throws InputError with what git says where it fails
 */
export function git(folder: string, ...args: readonly string[]): string {
  let output: Deno.CommandOutput;
  try {
    output = new Deno.Command("git", {
      args: ["-C", folder, ...args],
      stdin: "null",
      ...childEnvironment(),
    }).outputSync();
  } catch (error) {
    throw new InputError(`git could not be started: ${messageOf(error)}`, {
      cause: error,
      advice: "install git, or name two commands (--base-command, --new-command)",
    });
  }
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
  if (!output.success) {
    throw new InputError(`git ${args[0]} failed: ${text(output.stderr) || "it says nothing"}`, {
      advice: `see it by hand: git -C ${folder} ${args.join(" ")}`,
    });
  }
  return text(output.stdout);
}

/** Top folder of the repository that a folder is in. */
export function repositoryOf(folder: string): string {
  try {
    return git(folder, "rev-parse", "--show-toplevel");
  } catch (error) {
    throw new InputError(`there is no git repository here: ${messageOf(error)}`, {
      cause: error,
      advice: "run it inside a checkout, or name two commands (--base-command, --new-command)",
    });
  }
}

/** The commit of a name. */
export function commitOf(repository: string, ref: string): string {
  try {
    return git(repository, "rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
  } catch (error) {
    throw new InputError(`there is no commit ${ref}`, {
      cause: error,
      advice: "name a branch, tag or commit; a shallow clone lacks them: git fetch --unshallow",
    });
  }
}

/** Files of a checkout that differ from its commit, new ones among them. */
export function changedFiles(repository: string): number {
  const text = git(repository, "status", "--porcelain");
  return text === "" ? 0 : text.split("\n").length;
}
