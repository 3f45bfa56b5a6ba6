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
export function needsRepository({ base, newCommand }: SidesRequest): boolean {
  return base !== undefined || newCommand === undefined;
}

/** Where sides come from. */
export interface Places {
  /** The checkout that commits are of; null where two commands were named. */
  readonly repository: string | null;
  /** Where commits are checked out; null as the repository. */
  readonly checkouts: Checkouts | null;
  /** Stops the checking out. */
  readonly signal: AbortSignal;
}

/**
 * Makes both ready.
 *
 * @throws InputError for names that do not fit; StackbenchError where one does not build
 */
export async function openSides(
  request: SidesRequest,
  places: Places,
): Promise<readonly [base: Side, other: Side]> {
  const { base, baseCommand } = request;
  if ((base === undefined) === (baseCommand === undefined)) {
    throw new InputError("a gate needs one base", {
      advice: 'name a commit (--base main), a command (--base-command "... serve-timing") or a ' +
        "stored result (--baseline result.json)",
    });
  }
  checkNew(request, places);
  const opened = baseCommand === undefined
    ? await openCommit("base", base!, places)
    : named("base", baseCommand);
  return [opened, await openNewSide(request, places)];
}

/**
 * Makes what is new ready.
 *
 * @throws as `openSides` does
 */
export async function openNewSide(request: SidesRequest, places: Places): Promise<Side> {
  checkNew(request, places);
  const { newCommand, new: ref = "HEAD" } = request;
  if (newCommand !== undefined) return named("new", newCommand);
  return ref === "." && places.repository !== null
    ? asItIs(places.repository)
    : await openCommit("new", ref, places);
}

/** Refuses what is new where its names do not fit, before anything is checked out. */
function checkNew({ new: ref, newCommand }: SidesRequest, { repository }: Places): void {
  if (newCommand !== undefined) {
    if (ref === undefined) return;
    throw new InputError("what is new was named twice", {
      advice: "leave --new or --new-command out",
    });
  }
  if (ref !== undefined || repository === null) return;
  const changed = changedFiles(repository);
  if (changed > 0) {
    throw new InputError(`${changed} files were changed and not committed: HEAD lacks them`, {
      advice: "commit them; or gate the checkout as it is (--new .) or without them (--new HEAD)",
    });
  }
}

async function openCommit(
  role: GateSide["role"],
  ref: string,
  { repository, checkouts, signal }: Places,
): Promise<Side> {
  if (repository === null || checkouts === null) {
    throw new InputError("commits need a repository", { advice: "run it inside a checkout" });
  }
  const commit = commitOf(repository, ref);
  const root = await checkouts.add(role, commit, signal);
  const record = { role, from: "commit", commit, changed: 0 } as const;
  return { record, command: commandOf(root), root };
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
