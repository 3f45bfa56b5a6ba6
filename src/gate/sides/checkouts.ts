/**
 * Checkouts of commits in a temporary folder, which go away whatever happens.
 *
 * @module
 */

import { join } from "node:path";
import { messageOf, StackbenchError } from "../../base/errors.ts";
import { temporaryFolder } from "../../base/temporary_folder.ts";
import { childEnvironment } from "../../platform/mod.ts";
import { git } from "./git.ts";

/** Where a program begins, in a checkout. */
export const MAIN = join("src", "cli", "main.ts");

/** Checkouts of one repository. */
export interface Checkouts extends Disposable {
  /**
   * Checks a commit out, with the dependencies of its own lock file, and the native libraries of the
   * repository where that has any.
   *
   * @returns its folder
   * @throws StackbenchError where it does not build
   */
  add(name: string, commit: string, signal: AbortSignal): Promise<string>;
}

/** The beginning of the names of all temporary folders of a gate. */
export const TEMPORARY = "stackbench-gate-";

/**
 * Makes a place for checkouts; disposing of it removes them. Those of gates that were killed go
 * first.
 */
export function openCheckouts(repository: string): Checkouts {
  const temporary = temporaryFolder(TEMPORARY);
  forgetRemoved(repository);
  const made: string[] = [];
  const remove = () => {
    globalThis.removeEventListener("unload", remove);
    for (const path of made.splice(0)) {
      try {
        git(repository, "worktree", "remove", "--force", path);
      } catch {
        // the folder goes below, and then git forgets it
      }
    }
    temporary[Symbol.dispose]();
    forgetRemoved(repository);
  };
  // a second Ctrl-C ends the process at once, and still gets here
  globalThis.addEventListener("unload", remove);
  return {
    async add(name, commit, signal) {
      const path = join(temporary.path, name);
      made.push(path);
      git(repository, "worktree", "add", "--detach", "--quiet", path, commit);
      shareLibraries(repository, path);
      await installLocked(name, path, signal);
      return path;
    },
    [Symbol.dispose]: remove,
  };
}

/** Has git forget checkouts whose folders are gone. */
function forgetRemoved(repository: string): void {
  try {
    git(repository, "worktree", "prune");
  } catch {
    // the repository is gone: then there is nothing to forget
  }
}

/** Lets a checkout find the libraries that `setup` put beside the repository. */
function shareLibraries(repository: string, path: string): void {
  try {
    const own = Deno.realPathSync(join(repository, ".stackbench"));
    Deno.symlinkSync(own, join(path, ".stackbench"), { type: "dir" });
  } catch {
    // there are none: it looks in the user's cache and in the system, as everywhere
  }
}

/** Fetches what a checkout imports, exactly as its lock file has it. */
async function installLocked(name: string, path: string, signal: AbortSignal): Promise<void> {
  const { success, stderr } = await new Deno.Command("deno", {
    args: ["cache", "--quiet", "--frozen", MAIN],
    cwd: path,
    stdin: "null",
    signal,
    ...childEnvironment({ NO_COLOR: "1" }),
  }).output().catch((error: unknown) => {
    throw new StackbenchError(`deno could not be started: ${messageOf(error)}`, {
      cause: error,
      advice: "have deno in a folder of PATH, and allow it (--allow-run=deno,git)",
    });
  });
  signal.throwIfAborted();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim().slice(-1000);
  throw new StackbenchError(`the ${name} checkout does not build: ${said}`, {
    advice: `see it by hand: check that commit out and run \`deno cache --frozen ${MAIN}\``,
  });
}
