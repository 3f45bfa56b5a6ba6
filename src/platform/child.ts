/**
 * The environment that programs are started with.
 *
 * @module
 */

/**
 * The variables of this process that a program may be started with. Under `--allow-run=NAME` Deno
 * refuses to start anything while a loader variable such as LD_LIBRARY_PATH is set, which machines
 * with CUDA often have: they are left out then, and everything else passes.
 *
 * @param own variables of this process
 * @param mayRunAll whether any program may be run
 *
 * @example
 * ```ts
 * import { passedOn } from "./child.ts";
 * import assert from "node:assert/strict";
 * const own = { PATH: "/bin", LD_LIBRARY_PATH: "/cuda/lib" };
 * assert.deepEqual(passedOn(own, true), own);
 * assert.deepEqual(passedOn(own, false), { PATH: "/bin" });
 * ```
 */
export function passedOn(
  own: Readonly<Record<string, string>>,
  mayRunAll: boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).filter(([name]) => mayRunAll || !/^(LD|DYLD)_/.test(name)),
  );
}

/** Options of `Deno.Command` that pass this environment on, with some variables set anew. */
export function childEnvironment(
  changes: Readonly<Record<string, string>> = {},
): { clearEnv: boolean; env: Record<string, string> } {
  const mayReadAll = Deno.permissions.querySync({ name: "env" }).state === "granted";
  // without leave to read the environment it cannot be filtered: Deno then passes all of it
  if (!mayReadAll) return { clearEnv: false, env: { ...changes } };
  const mayRunAll = Deno.permissions.querySync({ name: "run" }).state === "granted";
  return { clearEnv: true, env: { ...passedOn(Deno.env.toObject(), mayRunAll), ...changes } };
}
