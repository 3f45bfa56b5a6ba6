/**
 * Inputs of the fuzzer by their number: which reader, which file, which changes.
 *
 * @module
 */

import fc from "fast-check";
import { extname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { InputError } from "../../src/base/errors.ts";
import { byteChanges, changedBytes, changedJson, jsonChanges } from "./mutations.ts";
import type { Target } from "./target.ts";

/** What came of one input. */
export interface Outcome {
  /** Its number. */
  readonly input: number;
  /** The reader. */
  readonly target: string;
  /** The file that was changed, without its folder. */
  readonly file: string;
  /** How it ended; only a crash is a fault. */
  readonly end: "read" | "refused" | "crashed";
  /** What was thrown, where it crashed. */
  readonly error?: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Steps between the seeds of two inputs: prime, so that runs of near seeds share none. */
export const STRIDE = 1_000_003;

/**
 * Makes an input and hands it to its reader. The same seed and number make the same input.
 *
 * @param folder where its file is written
 */
export async function tryInput(
  targets: readonly Target[],
  { seed, input, folder, onMade = () => {} }: {
    readonly seed: number;
    readonly input: number;
    readonly folder: string;
    /** Called when the input is made and not yet read: making it takes memory too. */
    readonly onMade?: () => void;
  },
): Promise<Outcome> {
  const target = targets[input % targets.length];
  const file = target.files[Math.floor(input / targets.length) % target.files.length];
  const path = makeInput(target, file, seed * STRIDE + input, folder);
  onMade();
  const began = performance.now();
  const told = (end: Outcome["end"], error?: string): Outcome => ({
    input,
    target: target.name,
    file: file.slice(file.lastIndexOf("/") + 1),
    end,
    ...(error === undefined ? {} : { error }),
    took: performance.now() - began,
  });
  try {
    await target.read(path);
    return told("read");
  } catch (error) {
    if (error instanceof InputError && error.message !== "") return told("refused");
    return told("crashed", error instanceof Error ? error.stack ?? error.message : String(error));
  }
}

/**
 * Writes the changed file and gives its path.
 *
 * @param target what reads it; what matters is whether it is JSON
 * @param changesOfBytes what may be done to a file that is none
 */
export function makeInput(
  target: Pick<Target, "json">,
  file: string,
  seed: number,
  folder: string,
  changesOfBytes: typeof byteChanges = byteChanges,
): string {
  const path = join(folder, `input${extname(file)}`);
  const bytes = Deno.readFileSync(file);
  const arbitrary = target.json ? jsonChanges : changesOfBytes;
  // the first sample of a seed would be edges for the most part, such as the first byte of a file
  const [changes] = fc.sample(fc.noBias(arbitrary), { seed: mixed(seed), numRuns: 1 });
  if (target.json) {
    const value = changedJson(JSON.parse(new TextDecoder().decode(bytes)), changes);
    Deno.writeTextFileSync(path, JSON.stringify(value) ?? "");
  } else {
    // else nearly every change of a compressed file ends at its checksum
    const content = seed % 4 === 0 ? null : unpacked(bytes);
    const changed = changedBytes(content ?? bytes, changes);
    Deno.writeFileSync(path, content === null ? changed : gzipSync(changed, { level: 1 }));
  }
  return path;
}

/** A seed of 32 bits; neighbours, whose first draws would be alike, become far apart. */
function mixed(seed: number): number {
  let bits = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** What gzip holds; null for bytes that are none, or are cut. */
function unpacked(bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return null;
  try {
    return new Uint8Array(gunzipSync(bytes));
  } catch {
    // cut before: it is changed as it is
    return null;
  }
}
