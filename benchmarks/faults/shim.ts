/**
 * The library that lets one call of a process fail (`shim.c`), built with the system's C compiler.
 *
 * @module
 */

import { join } from "node:path";

/** What a call fails with, by Linux's numbers; `SIGKILL` ends the process instead. */
export const FAILURES = { ENOSPC: 28, EDQUOT: 122, EIO: 5, EROFS: 30, SIGKILL: 0 } as const;

/** One of them. */
export type Failure = keyof typeof FAILURES;

/** What calls do. */
export type CallKind = "write" | "read";

/** Which call fails. */
export interface Fault {
  /** What it does. */
  readonly kind: CallKind;
  /** Which of its kind, from 1; 0 for none: calls are counted only. */
  readonly at: number;
  /** What it fails with. */
  readonly failure: Failure;
}

/** A library that was built, or why there is none. */
export type BuiltShim =
  | { readonly path: string; readonly problem?: undefined }
  | { readonly path: null; readonly problem: string };

/** Builds the library into a folder. */
export function buildShim(folder: string): BuiltShim {
  if (Deno.build.os !== "linux") return { path: null, problem: "it is built on Linux only" };
  const path = join(folder, "shim.so");
  const compiler = Deno.env.get("CC") || "cc";
  try {
    const { success, stderr } = new Deno.Command(compiler, {
      args: ["-O1", "-fPIC", "-shared", "-Wall", "-o", path]
        .concat([join(import.meta.dirname!, "shim.c"), "-ldl"]),
    }).outputSync();
    if (success) return { path };
    return { path: null, problem: new TextDecoder().decode(stderr).trim() };
  } catch {
    return { path: null, problem: `there is no C compiler (${compiler})` };
  }
}

/**
 * The environment of a process that a call fails in.
 *
 * @param folders where calls count: absolute paths without links
 * @param log a file that gets a line for each call that counts
 */
export function faultEnvironment(
  shim: string,
  folders: readonly string[],
  { kind, at, failure }: Fault,
  log: string,
): Record<string, string> {
  return {
    LD_PRELOAD: shim,
    STACKBENCH_FAULT_FOLDERS: folders.join(":"),
    STACKBENCH_FAULT_KIND: kind,
    STACKBENCH_FAULT_AT: String(at),
    STACKBENCH_FAULT_ERRNO: String(FAILURES[failure]),
    STACKBENCH_FAULT_LOG: log,
  };
}

/** A call that counted. */
export interface Call {
  /** Its name in C, but for variants. */
  readonly name: string;
  /** The path that it was for. */
  readonly path: string;
}

/** The calls of a log, in their order. */
export function readCalls(log: string): readonly Call[] {
  let text = "";
  try {
    text = Deno.readTextFileSync(log);
  } catch (error) {
    // no call counted
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [, name, ...path] = line.split(" ");
    return { name, path: path.join(" ") };
  });
}
