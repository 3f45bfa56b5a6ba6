/**
 * Downloading a wheel with the user's own pip, and saying plainly why that failed.
 *
 * @module
 */

import { join } from "node:path";
import { messageOf, MissingError } from "../base/errors.ts";
import { childEnvironment } from "./child.ts";

/** How to download. */
export interface PipDownload {
  /** Name and pinned version, such as `onednn-cpu-gomp==2023.2.0`. */
  readonly requirement: string;
  /** An empty folder that the wheel and pip's temporary files go to; the caller removes it. */
  readonly folder: string;
  /** The Python to run. */
  readonly python: string;
  /** What else the user can do when it fails. */
  readonly otherwise: string;
  /** Ends the download. */
  readonly signal: AbortSignal;
}

/**
 * Downloads one wheel, without what it depends on. pip runs with the user's own environment and
 * settings: its indexes, proxies and certificates are the user's business.
 *
 * @returns the path of the wheel; null when `signal` ended the download
 * @throws MissingError that says which of python3, pip, network and disk is at fault
 */
export async function pipDownload(options: PipDownload): Promise<string | null> {
  const { requirement, folder, python, otherwise, signal } = options;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(python, {
      args: ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
        .concat(["--no-deps", "--only-binary=:all:", "--dest", folder, requirement]),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // pip's own temporary folders go when ours does, even when it is stopped half-way
      ...childEnvironment({ TMPDIR: folder }),
      signal,
    }).output();
  } catch (cause) {
    if (signal.aborted) return null;
    throw notStarted(cause, python, otherwise);
  }
  if (signal.aborted) return null;
  if (!output.success) {
    const said = new TextDecoder().decode(output.stderr) + new TextDecoder().decode(output.stdout);
    const { problem, advice } = diagnosePip(said);
    throw new MissingError(`pip could not download ${requirement}: ${problem}`, {
      advice: `${advice}; or ${otherwise}`,
      details: { code: output.code },
    });
  }
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.name.endsWith(".whl")) return join(folder, entry.name);
  }
  throw new MissingError(`pip downloaded no wheel for ${requirement}`, { advice: otherwise });
}

function notStarted(cause: unknown, python: string, otherwise: string): MissingError {
  const advice = cause instanceof Deno.errors.NotCapable
    ? `allow it with --allow-run=${python}`
    : "install python3 with pip (Debian and Ubuntu: apt-get install python3-pip)";
  const why = cause instanceof Deno.errors.NotFound ? "it is not there" : messageOf(cause);
  return new MissingError(`${python} could not be started: ${why}`, {
    cause,
    advice: `${advice}; or ${otherwise}`,
  });
}

/** What pip says when a thing is at fault, in the order in which they are looked for. */
const DIAGNOSES: readonly (readonly [said: RegExp, problem: string, advice: string])[] = [
  [
    /No module named '?pip/,
    "this python3 has no pip",
    "install it (Debian and Ubuntu: apt-get install python3-pip; else: python3 -m ensurepip)",
  ],
  [
    /No space left on device|Disk quota exceeded/,
    "there is no room on the disk",
    "free 200 MB in the folder for temporary files, or set TMPDIR to another one",
  ],
  [
    /Retrying|NewConnection|Max retries|name resolution|timed out|ProxyError|SSLError|Connection/,
    "no package index could be reached",
    "check the network, and pip's proxy and index settings (python3 -m pip config list)",
  ],
  [
    /No matching distribution|Could not find a version/,
    "the package index does not have it for this python3 and system",
    "check pip's index settings (python3 -m pip config list)",
  ],
];

/**
 * What was at fault, from what a failed pip wrote.
 *
 * @example
 * ```ts
 * import { diagnosePip } from "./pip.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   diagnosePip("/usr/bin/python3: No module named pip").problem,
 *   "this python3 has no pip",
 * );
 * ```
 */
export function diagnosePip(said: string): { problem: string; advice: string } {
  for (const [pattern, problem, advice] of DIAGNOSES) {
    if (pattern.test(said)) return { problem, advice };
  }
  const lines = said.trim().split("\n");
  const last = lines.findLast((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "";
  return {
    problem: last.replace(/^ERROR:\s*/, "") || "it gave no reason",
    advice: "check that python3 -m pip works",
  };
}
