/**
 * Which Stackbench this is.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import { childEnvironment } from "./child.ts";

/** Version and commit of this program. */
export interface ToolFacts {
  /** Version of the package. */
  readonly version: string;
  /** Commit of the checkout, with `-dirty` when files differ; null where there is none. */
  readonly commit: string | null;
}

/** Looks at the checkout that this file lies in; never throws. */
export function toolFacts(): ToolFacts {
  // a copy of the sources inside some other repository must not take that one's commit: only at
  // the top of a working tree is the prefix empty
  const atTop = git("rev-parse", "--show-prefix") === "";
  const commit = atTop ? git("rev-parse", "HEAD") : null;
  const dirty = commit && git("status", "--porcelain", "--untracked-files=no");
  return {
    version: configuration.version,
    commit: commit ? `${commit}${dirty ? "-dirty" : ""}` : null,
  };
}

function git(...args: string[]): string | null {
  try {
    const { success, stdout } = new Deno.Command("git", {
      args,
      cwd: new URL("../..", import.meta.url),
      stdin: "null",
      stderr: "null",
      ...withoutGit(childEnvironment()),
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    // no git, no permission, or a compiled binary: the commit is unknown
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
