/**
 * The two programs that are compared, however they were named.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { InputError } from "../../base/errors.ts";
import { programCommand } from "../../bench/self_command.ts";
import type { CommandLine } from "../../bench/mod.ts";
import type { GateSide } from "../../results/mod.ts";
import { type Checkouts, MAIN } from "./checkouts.ts";
import { changedFiles, commitOf } from "./git.ts";

/** How the sides were named: each by a commit or a command, the new one also by its folder. */
export interface SidesRequest {
  /** Commit of the base. */
  readonly base?: string;
  /** Command of the base, `serve-timing` and all. */
  readonly baseCommand?: string;
  /** Commit of what is new; `.` is the checkout as it is (default: HEAD). */
  readonly new?: string;
  /** Command of what is new. */
  readonly newCommand?: string;
}

/** One of them. */
export interface Side {
  /** What is recorded of it. */
  readonly record: GateSide;
  /** What starts a process of it that times. */
  readonly command: CommandLine;
  /** Its checkout; null for a command. */
  readonly root: string | null;
}

/** Whether a request needs a repository. */
export function needsRepository({ baseCommand, newCommand }: SidesRequest): boolean {
  return baseCommand === undefined || newCommand === undefined;
}

/**
 * Makes both ready.
 *
 * @param repository the checkout that commits are of; null where two commands were named
 * @throws InputError for names that do not fit; StackbenchError where one does not build
 */
export async function openSides(
  request: SidesRequest,
  repository: string | null,
  checkouts: Checkouts | null,
  signal: AbortSignal,
): Promise<readonly [base: Side, other: Side]> {
  if ((request.base === undefined) === (request.baseCommand === undefined)) {
    throw new InputError("a gate needs one base", {
      advice: 'name a commit (--base main) or a command (--base-command "... serve-timing")',
    });
  }
  if (request.new !== undefined && request.newCommand !== undefined) {
    throw new InputError("what is new was named twice", {
      advice: "leave --new or --new-command out",
    });
  }
  const open = async (role: GateSide["role"], ref: string): Promise<Side> => {
    if (repository === null || checkouts === null) {
      throw new InputError("commits need a repository", { advice: "run it inside a checkout" });
    }
    if (role === "new" && ref === ".") return asItIs(repository);
    const commit = commitOf(repository, ref);
    const root = await checkouts.add(role, commit, signal);
    const record = { role, from: "commit", commit, changed: 0 } as const;
    return { record, command: commandOf(root), root };
  };
  const { base, baseCommand, newCommand, new: other = "HEAD" } = request;
  if (newCommand === undefined && other === "HEAD" && request.new === undefined) {
    const changed = changedFiles(repository!);
    if (changed > 0) {
      throw new InputError(`${changed} files were changed and not committed: HEAD lacks them`, {
        advice: "commit them; or gate the checkout as it is (--new .) or without them (--new HEAD)",
      });
    }
  }
  return [
    baseCommand === undefined ? await open("base", base!) : named("base", baseCommand),
    newCommand === undefined ? await open("new", other) : named("new", newCommand),
  ];
}

/** The checkout as it is, with what was not committed. */
function asItIs(repository: string): Side {
  const record = {
    role: "new",
    from: "folder",
    commit: commitOf(repository, "HEAD"),
    changed: changedFiles(repository),
  } as const;
  return { record, command: commandOf(repository), root: repository };
}

function commandOf(root: string): CommandLine {
  const command = programCommand(resolve(join(root, MAIN)), "serve-timing");
  if (command === null) {
    throw new InputError("this process may not start others", {
      advice: "allow it to run deno and git (--allow-run=deno,git)",
    });
  }
  return command;
}

/** A command, its words parted by blanks. */
function named(role: GateSide["role"], text: string): Side {
  const [program, ...args] = text.trim().split(/\s+/);
  if (!program) {
    throw new InputError(`the command of the ${role} side is empty`, {
      advice: `name a program and its arguments: --${role}-command "... serve-timing"`,
    });
  }
  const record = { role, from: "command", commit: null, changed: null } as const;
  return { record, command: [program, ...args], root: null };
}
