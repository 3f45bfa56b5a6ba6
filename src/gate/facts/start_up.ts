/**
 * What a program imports before it does anything.
 *
 * @module
 */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../../base/errors.ts";
import { childEnvironment } from "../../platform/mod.ts";
import { MAIN } from "../sides/checkouts.ts";

/** What `deno info --json` says of a module. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
  }[];
}

/**
 * Modules that the program of a checkout loads at its start, those of the checkout relative to it:
 * what is imported later, where it is needed, is none of them.
 *
 * @throws InputError where Deno does not tell
 */
export async function startUpImports(root: string, signal: AbortSignal): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command("deno", {
    args: ["info", "--json", "--quiet", MAIN],
    cwd: root,
    stdin: "null",
    signal,
    ...childEnvironment({ NO_COLOR: "1" }),
  }).output();
  signal.throwIfAborted();
  if (!success) {
    throw new InputError(`deno info failed: ${new TextDecoder().decode(stderr).trim()}`, {
      advice: `see it by hand: run \`deno info ${MAIN}\` in a checkout of that commit`,
    });
  }
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout));
  return reached(roots, modules).map((specifier) =>
    specifier.startsWith("file:") ? relative(root, fileURLToPath(specifier)) : specifier
  ).sort();
}

/** Modules that some roots reach by static imports. */
function reached(roots: readonly string[], modules: readonly ModuleInfo[]): string[] {
  const known = new Map(modules.map((one) => [one.specifier, one]));
  const found = new Set(roots);
  for (const specifier of found) {
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier) found.add(code.specifier);
    }
  }
  return [...found];
}
