/**
 * Running what was put into a binary without the binary's own runtime: its files are written to a
 * folder and started with Deno, whose cache of packages is what the binary holds and nothing else.
 *
 * @module
 */

import { join } from "node:path";
import { type Embedded, extract, PACKAGES } from "./embedded.ts";

/** How a command ended. */
export interface Ended {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly error: string;
}

/** A program that was taken out of a binary. */
export interface Extracted {
  /** Its files. */
  readonly program: string;
  /** A home and working folder with nothing in it at first. */
  readonly empty: string;
  /**
   * Runs a command as the binary would, in the empty folder.
   *
   * @param before what the command is started with, such as a tracer
   */
  run(args: readonly string[], before?: readonly string[]): Promise<Ended>;
}

/** Writes the files below a new folder: `program`, and `cache` with its packages. */
export function layOut(embedded: Embedded, folder: string): void {
  const [program, cache] = ["program", "cache"].map((name) => join(folder, name));
  Deno.mkdirSync(join(cache, "npm"), { recursive: true });
  extract(embedded, program);
  Deno.renameSync(join(program, PACKAGES), join(cache, "npm", "localhost"));
  takeLazily(join(program, "deno.json"));
}

/** Writes the files below a new folder, to run them there. */
export function extractAlone(embedded: Embedded, folder: string): Extracted {
  const [program, cache, empty] = ["program", "cache", "empty"].map((name) => join(folder, name));
  layOut(embedded, folder);
  Deno.mkdirSync(empty);
  const flags = permissionFlags(embedded, Deno.execPath());
  const variables = {
    DENO_DIR: cache,
    DENO_NO_UPDATE_CHECK: "1",
    HOME: empty,
    NO_COLOR: "1",
    // where packages are looked for in the cache; nothing is ever asked there
    NPM_CONFIG_REGISTRY: "http://localhost",
    PATH: Deno.env.get("PATH") ?? "",
  };
  return {
    program,
    empty,
    async run(args, before = []) {
      const [command, ...rest] = [
        ...before,
        ...[Deno.execPath(), "run", "--quiet", "--cached-only", "--no-prompt", ...flags],
        join(program, embedded.entry),
        ...args,
      ];
      const { code, stdout, stderr } = await new Deno.Command(command, {
        args: rest,
        cwd: empty,
        clearEnv: true,
        env: variables,
        stdin: "null",
      }).output();
      const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      return { code, out, error };
    },
  };
}

/** Lets Deno want the packages that are imported, and not those of tests, which the lock names too. */
function takeLazily(path: string): void {
  const configuration = JSON.parse(Deno.readTextFileSync(path));
  configuration.unstable.push("npm-lazy-caching");
  Deno.writeTextFileSync(path, JSON.stringify(configuration));
}

/**
 * The permissions that the binary has, as flags of Deno.
 *
 * @param runtime what is started in the binary's stead
 */
export function permissionFlags({ permissions }: Embedded, runtime: string): string[] {
  return Object.entries(permissions).flatMap(([name, value]) => {
    if (!Array.isArray(value) || name === "allow_import") return [];
    const names = name === "allow_run" ? [...value, runtime] : value;
    const flag = `--${name.replace("_", "-")}`;
    return [names.length === 0 ? flag : `${flag}=${names.join(",")}`];
  });
}
