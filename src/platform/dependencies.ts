/**
 * What native libraries themselves need from the system, and the command that installs it.
 *
 * @module
 */

import { messageOf } from "../base/errors.ts";

/** Package managers, by the distributions that have them (`ID` and `ID_LIKE` of os-release). */
const MANAGERS = {
  debian: { distributions: ["debian", "ubuntu"], install: "apt-get install" },
  fedora: { distributions: ["fedora", "rhel", "centos", "amzn"], install: "dnf install" },
  suse: { distributions: ["suse", "opensuse", "sles"], install: "zypper install" },
  arch: { distributions: ["arch"], install: "pacman -S" },
  alpine: { distributions: ["alpine"], install: "apk add" },
} as const;

type Manager = keyof typeof MANAGERS;

/** A shared library of the system that native libraries need. */
export type SystemLibrary = "libgomp.so.1" | "libstdc++.so.6";

/** The package that holds each shared library. */
const PACKAGES = {
  "libgomp.so.1": {
    debian: "libgomp1",
    fedora: "libgomp",
    suse: "libgomp1",
    arch: "gcc-libs",
    alpine: "libgomp",
  },
  "libstdc++.so.6": {
    debian: "libstdc++6",
    fedora: "libstdc++",
    suse: "libstdc++6",
    arch: "gcc-libs",
    alpine: "libstdc++",
  },
} as const satisfies Readonly<Record<SystemLibrary, Readonly<Record<Manager, string>>>>;

/**
 * The command that installs a shared library.
 *
 * @param osRelease text of `/etc/os-release` (default: that of this machine)
 *
 * @example
 * ```ts
 * import { installCommand } from "./dependencies.ts";
 * import assert from "node:assert/strict";
 * assert.equal(installCommand("libgomp.so.1", "ID=debian\n"), "apt-get install libgomp1");
 * assert.equal(
 *   installCommand("libgomp.so.1", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'),
 *   "dnf install libgomp",
 * );
 * ```
 */
export function installCommand(
  library: SystemLibrary,
  osRelease: string = readOsRelease(),
): string {
  const manager = managerOf(osRelease);
  return manager
    ? `${MANAGERS[manager].install} ${PACKAGES[library][manager]}`
    : `install the package that holds ${library}`;
}

/**
 * What to do when the system's loader could not open a library because another one is missing.
 *
 * @param message what the loader said
 * @returns a command; null when the message names no missing library that is known here
 *
 * @example
 * ```ts
 * import { adviceForLoadError } from "./dependencies.ts";
 * import assert from "node:assert/strict";
 * const message = "libgomp.so.1: cannot open shared object file: No such file or directory";
 * assert.match(adviceForLoadError(message) ?? "", /libgomp/);
 * assert.equal(adviceForLoadError("file too short"), null);
 * ```
 */
export function adviceForLoadError(message: string): string | null {
  const missing = (Object.keys(PACKAGES) as SystemLibrary[])
    .find((library) => message.includes(`${library}: cannot open shared object file`));
  return missing ? installCommand(missing) : null;
}

/**
 * Whether the system's loader finds a shared library; null where it cannot be asked (other systems
 * than Linux, no permission).
 */
export function hasSystemLibrary(library: SystemLibrary): boolean | null {
  if (Deno.build.os !== "linux") return null;
  try {
    Deno.dlopen(library, {}).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    return !messageOf(error).includes("cannot open shared object file");
  }
}

function managerOf(osRelease: string): Manager | null {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)]
    .flatMap(([, names]) => names.toLowerCase().split(/\s+/));
  const managers = Object.keys(MANAGERS) as Manager[];
  return managers.find((manager) =>
    MANAGERS[manager].distributions.some((name) => ids.some((id) => id.startsWith(name)))
  ) ?? null;
}

function readOsRelease(): string {
  try {
    return Deno.readTextFileSync("/etc/os-release");
  } catch {
    // not a Linux, or no permission: the advice stays general
    return "";
  }
}
