/**
 * Which Stackbench this is.
 *
 * @module
 */

import { BUILD, checkoutFolder, PROGRAM_VERSION } from "../base/installation.ts";
import { childEnvironment } from "./child.ts";

/** Version and commit of this program. */
export interface ToolFacts {
  /** Version of the package. */
  readonly version: string;
  /** Commit of the checkout or build, with `-dirty` when files differ; null where there is none. */
  readonly commit: string | null;
}

/** What a build knows of itself, or git of the checkout that this file lies in; never throws. */
export function toolFacts(): ToolFacts {
  const checkout = checkoutFolder();
  return {
    version: PROGRAM_VERSION,
    commit: checkout === null ? BUILD.commit : commitOf(checkout),
  };
}

function commitOf(checkout: string): string | null {
  const git = (...args: string[]) => runGit(checkout, args);
  // a copy of the sources inside some other repository must not take that one's commit: only at
  // the top of a working tree is the prefix empty
  const atTop = git("rev-parse", "--show-prefix") === "";
  const commit = atTop ? git("rev-parse", "HEAD") : null;
  const dirty = commit && git("status", "--porcelain", "--untracked-files=no");
  return commit ? `${commit}${dirty ? "-dirty" : ""}` : null;
}

function runGit(cwd: string, args: string[]): string | null {
  try {
    const { success, stdout } = new Deno.Command("git", {
      args,
      cwd,
      stdin: "null",
      stderr: "null",
      ...withoutGit(childEnvironment()),
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    // no git, or no permission: the commit is unknown
    return null;
  }
}

/** An environment in which git goes by where it stands, not by variables such as GIT_DIR. */
function withoutGit(
  { clearEnv, env }: ReturnType<typeof childEnvironment>,
): ReturnType<typeof childEnvironment> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("GIT_"));
  return { clearEnv, env: Object.fromEntries(kept) };
}
