/**
 * Fetching native libraries with the user's own pip: pinned, checked, one file kept.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { InterruptedError, messageOf, MissingError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { LIBRARIES, projectLibraryFolder } from "./libraries.ts";
import { entryOfWheel } from "./wheel.ts";

/** The wheel that holds oneDNN, and what of it is kept. */
const ONEDNN = {
  requirement: "onednn-cpu-gomp==2023.2.0",
  sha256: "2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb",
  entry: "libdnnl.so.3.2",
  saveAs: "libdnnl.so.3",
} as const;

/**
 * Fetches oneDNN into the project's library folder.
 *
 * @param say told of every step before it is taken
 * @returns the path of the library
 * @throws MissingError when the platform has no build, or pip fails, or the download is not the
 *   pinned one; nothing stays behind
 */
export async function fetchOneDnn(say: (message: string) => void): Promise<string> {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") {
    throw new MissingError(`there is no pinned oneDNN for ${os} ${arch}`, {
      advice: LIBRARIES.onednn.advice,
    });
  }
  const folder = projectLibraryFolder();
  const temporary = await Deno.makeTempDir({ prefix: "stackbench-setup-" });
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    say(`downloading ${ONEDNN.requirement} (39 MB) with pip`);
    const wheel = await download(ONEDNN.requirement, temporary, interruption.signal);
    const found = sha256(wheel);
    if (found !== ONEDNN.sha256) {
      throw new MissingError(
        `the download of ${ONEDNN.requirement} is not the pinned one: SHA-256 ${found}`,
        { advice: "try again; if it stays so, the package index serves another file" },
      );
    }
    say(`unpacking ${ONEDNN.entry}`);
    await Deno.mkdir(folder, { recursive: true });
    const path = join(folder, ONEDNN.saveAs);
    writeAtomically(path, [entryOfWheel(wheel, ONEDNN.entry)]);
    return path;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    await Deno.remove(temporary, { recursive: true });
  }
}

/** The one file that pip downloads for a requirement. */
async function download(
  requirement: string,
  folder: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const pip = new Deno.Command("python3", {
    args: ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
      .concat(["--only-binary=:all:", "--dest", folder, requirement]),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  });
  let output: Deno.CommandOutput;
  try {
    output = await pip.output();
  } catch (error) {
    throw new MissingError(`python3 could not be started: ${messageOf(error)}`, {
      cause: error,
      advice: `install python3 with pip; or ${LIBRARIES.onednn.advice}`,
    });
  }
  if (signal.aborted) throw new InterruptedError("interrupted: nothing was installed");
  if (!output.success) {
    const last = new TextDecoder().decode(output.stderr).trim().split("\n").at(-1) ?? "";
    throw new MissingError(`pip could not download ${requirement}: ${last}`, {
      advice: "check that python3 -m pip works and reaches a package index; or " +
        LIBRARIES.onednn.advice,
    });
  }
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(".whl")) return await Deno.readFile(join(folder, entry.name));
  }
  throw new MissingError(`pip downloaded no wheel for ${requirement}`);
}
