/**
 * One command, disturbed at one call after another.
 *
 * @module
 */

import { basename, dirname, join, relative } from "node:path";
import type { Random } from "../../src/base/random.ts";
import { type Contents, contentsOf, differences } from "./contents.ts";
import { type Call, type CallKind, type Failure, faultEnvironment, readCalls } from "./shim.ts";
import {
  type Ended,
  endOf,
  litterOf,
  removeIfThere,
  startWork,
  targetOf,
  temporaryOf,
  type Work,
  type Workplace,
} from "./works.ts";

/** One call that failed, and what came of it. */
export interface Tried {
  /** What failed: its kind and number, its name, its path in the workplace. */
  readonly call: string;
  /** What it failed with. */
  readonly failure: Failure;
  /** Exit code. */
  readonly code: number;
  /** The error that was told. */
  readonly said: string;
  /** What is wrong, in words; nothing where all is well. */
  readonly faults: readonly string[];
}

/** How to try. */
export interface TryOptions {
  /** Calls of each kind at most. */
  readonly most: number;
  /** Chooses among them. */
  readonly draw: Random;
  /** Told after each. */
  readonly onTried: (tried: Tried) => void;
}

/** What calls fail with, in turn. */
const WITH: Readonly<Record<CallKind, readonly Failure[]>> = {
  write: ["ENOSPC", "EDQUOT", "EIO", "EROFS", "SIGKILL"],
  read: ["EIO"],
};

/** Exit codes of a command that could not do its work. */
const FAILED = [1, 2];

/** Lets calls of a command fail, one a time. */
export async function faultsOf(
  place: Workplace,
  work: Work,
  shim: string,
  { most, draw, onTried }: TryOptions,
): Promise<
  { readonly calls: Readonly<Record<CallKind, number>>; readonly tried: readonly Tried[] }
> {
  const tried: Tried[] = [];
  const calls = { write: 0, read: 0 };
  for (const kind of ["write", "read"] as const) {
    const out = `${work.name}-${kind}`;
    const log = join(place.top, `${out}.log`);
    const environment = (at: number, failure: Failure) =>
      faultEnvironment(shim, watched(place, work), { kind, at, failure }, log);
    work.prepare?.(place, out);
    const undisturbed = await endOf(
      startWork(place, work, out, { environment: environment(0, "EIO") }),
    );
    if (undisturbed.code !== 0) throw new Error(`${work.name}: ${undisturbed.error}`);
    const counted = readCalls(log);
    calls[kind] = counted.length;
    const target = targetOf(place, work, out);
    const whole = { contents: contentsOf(target), out: undisturbed.out };
    for (const [turn, index] of choose(counted, most, draw).entries()) {
      for (const path of [target, log, ...temporaryOf(place)]) removeIfThere(path);
      const failure = WITH[kind][turn % WITH[kind].length];
      work.prepare?.(place, out);
      const ended = await endOf(
        startWork(place, work, out, { environment: environment(index + 1, failure) }),
      );
      const call = readCalls(log)[index];
      const label = call ?? counted[index];
      const faults = call === undefined ? ["it never came to this call"] : [
        ...problemsOf(ended, call, failure),
        ...halves(contentsOf(target), whole.contents, work),
        ...ended.code === 0 && work.prints && ended.out !== whole.out ? ["it prints another"] : [],
      ];
      const more = ended.code === 0 ? [] : work.goOn;
      if (ended.code !== 0 || work.goOn.length === 0) {
        const again = await endOf(startWork(place, work, out, { more }));
        if (again.code !== 0) faults.push(`run again it says: ${lastError(again.error)}`);
        else if (work.prints && again.out !== whole.out) faults.push("run again it prints another");
      }
      // what the disk refused to remove stays where nothing else is to be done
      const refused = ended.code === 0 && label.name === "unlink";
      const left = refused && label.path.startsWith(`${target}/`)
        ? `${relative(target, label.path)} is litter`
        : null;
      faults.push(
        ...differences(contentsOf(target), whole.contents).filter((one) => one !== left),
        ...refused && label.path.includes("/tmp/") ? [] : litterOf(place, work),
      );
      const one = {
        call: `${kind} ${index + 1}: ${label.name} ${shortened(relative(place.top, label.path))}`,
        failure,
        code: ended.code,
        said: lastError(ended.error).replaceAll(place.top, "").slice(0, 300),
        faults,
      };
      tried.push(one);
      onTried(one);
    }
    for (const path of [target, log]) removeIfThere(path);
  }
  return { calls, tried };
}

/** Folders whose calls count: not those of the program itself. */
function watched(place: Workplace, work: Work): string[] {
  const own = work.target?.(place);
  return [
    ...own === undefined ? [] : [own],
    ...[...["inputs", "tmp"], `${work.name}-write`, `${work.name}-read`]
      .map((name) => join(place.top, name)),
  ];
}

/** A path without what differs each time. */
function shortened(path: string): string {
  return path.replace(/\.[0-9a-f]{8}\.tmp$/, ".tmp").replace(/-[0-9a-f]{12,}(?=\/|$)/, "-…");
}

/** Places of calls: each kind of call on each kind of file, and then others by chance. */
function choose(calls: readonly Call[], most: number, draw: Random): number[] {
  const kinds = new Map<string, number>();
  calls.forEach(({ name, path }, index) => {
    const kind = `${name} ${shortened(path).replaceAll(/\d+/g, "0")}`;
    if (!kinds.has(kind)) kinds.set(kind, index);
  });
  const first = [...kinds.values()];
  const others = calls.map((_, index) => index).filter((index) => !first.includes(index));
  const taken = (from: number[], count: number) => {
    const left = [...from];
    const chosen: number[] = [];
    while (left.length > 0 && chosen.length < count) {
      chosen.push(...left.splice(draw.integer(left.length), 1));
    }
    return chosen;
  };
  const chosen = taken(first, most);
  return [...chosen, ...taken(others, most - chosen.length)].sort((a, b) => a - b);
}

/** What is wrong with how a command ended. */
function problemsOf({ code, error }: Ended, { path }: Call, failure: Failure): string[] {
  if (failure === "SIGKILL") return code === 137 ? [] : [`it was killed and ended with ${code}`];
  // it could do without: what it left is looked at
  if (code === 0) return [];
  if (!FAILED.includes(code)) return [`it ended with ${code}`];
  // the last of its lines that are indented is the advice
  const said = /^error: (.*(?:\n {2}.*)*)\n {2}\S/m.exec(error);
  if (said === null) return ["it gives no error with advice"];
  if (said[1].includes("something unforeseen")) return ["it calls it unforeseen"];
  const names = [basename(shortened(path)).replace(/\.tmp$/, ""), basename(dirname(path))];
  return names.some((name) => said[1].includes(name)) ? [] : ["its error does not say where"];
}

/** Files under their final names that are not what they will be, and should not be there. */
function halves(now: Contents, whole: Contents, { grows }: Work): string[] {
  return [...now].filter(([path, hash]) =>
    whole.has(path) && whole.get(path) !== hash && !(grows?.test(path) ?? false)
  ).map(([path]) => `${path} is half there`);
}

function lastError(text: string): string {
  return text.split("\n").findLast((line) => line.startsWith("error:")) ?? "";
}
