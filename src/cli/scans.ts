/**
 * The scans of a suite or a training: those of a manifest, or a phantom that is made once.
 *
 * @module
 */

import { dirname, isAbsolute, join } from "node:path";
import type { LoadedCase, LoadedManifest, Split } from "../datasets/mod.ts";
import type { Progress } from "../progress/mod.ts";

/** Which scans: a manifest, or a seeded phantom. */
export type ScansRequest = { readonly manifest: string } | {
  readonly phantom: {
    /** Scans to make. */
    readonly scans: number;
    /** Slices, rows, columns. */
    readonly shape: readonly [number, number, number];
    /** Seed of the phantom. */
    readonly seed?: number;
    /** Share of scans without a lesion. */
    readonly healthy?: number;
    /** The split of all scans. */
    readonly split?: Split;
  };
};

/** What else must be known to get them. */
export interface ScansContext {
  /** Seed of a phantom that has none of its own. */
  readonly seed: number;
  /** Folder that the manifest's path is relative to. */
  readonly folder: string;
  /** Told how far the making of a phantom is. */
  readonly progress: Progress;
  /** Stops it. */
  readonly signal: AbortSignal;
}

/**
 * The scans, made where they are a phantom that is not there yet. Whether files of a manifest are
 * there is not looked at: see `usableCases`.
 *
 * @throws InputError for a manifest that does not fit, or a phantom that cannot be written
 */
export async function scansOf(
  request: ScansRequest,
  { seed, folder, progress, signal }: ScansContext,
): Promise<LoadedManifest> {
  const { loadManifest, PHANTOM_VERSION, writePhantoms } = await import("../datasets/mod.ts");
  if ("manifest" in request) {
    const { manifest } = request;
    // whoever asks looks at every file
    return loadManifest(isAbsolute(manifest) ? manifest : join(folder, manifest), "unchecked");
  }
  const { canonicalJson, sha256 } = await import("../base/hashing.ts");
  const phantom = { seed, ...request.phantom };
  const name = sha256(canonicalJson({ ...phantom, version: PHANTOM_VERSION })).slice(0, 12);
  const { cacheFolder } = await import("../platform/mod.ts");
  const target = join(cacheFolder("phantoms"), name);
  Deno.mkdirSync(dirname(target), { recursive: true });
  progress.start("phantom scans", phantom.scans);
  const path = await writePhantoms(target, phantom, { signal, onCase: () => progress.advance() });
  progress.stop();
  return loadManifest(path);
}

/** How cases are looked at before the first is computed. */
export interface CheckContext {
  /** Whether a case without truth is at fault. */
  readonly needsTruth: boolean;
  /** Whether to go on without faulty cases. */
  readonly skipFaulty: boolean;
  /** Told how far it has come, and what should be known of cases. */
  readonly progress: Progress;
  /** Stops it. */
  readonly signal: AbortSignal;
}

/**
 * The cases that can be computed: all of them, or what is left of them where faulty ones may be
 * skipped.
 *
 * @throws InputError that lists every fault of every case; the reason of the signal
 */
export async function usableCases(
  cases: readonly LoadedCase[],
  { needsTruth, skipFaulty, progress, signal }: CheckContext,
): Promise<readonly LoadedCase[]> {
  const { checkCases, faultInWords, faultsError } = await import("../datasets/mod.ts");
  const { throwIfInterrupted } = await import("../base/interruption.ts");
  progress.start("checking scans", cases.length);
  const { faults, warnings } = await checkCases(cases, {
    needsTruth,
    onCase: async () => {
      await throwIfInterrupted(signal);
      progress.advance();
    },
  });
  progress.stop();
  for (const { index, id, message } of warnings) {
    progress.note(`warning: case ${index} (${id}): ${message}`);
  }
  if (faults.length === 0) return cases;
  const error = faultsError(faults, cases.length);
  const faulty = new Set(faults.map(({ index }) => index));
  if (!skipFaulty || faulty.size === cases.length) throw error;
  progress.note(`left out ${faulty.size} of ${cases.length} cases:`);
  for (const fault of faults) progress.note(faultInWords(fault));
  return cases.filter(({ index }) => !faulty.has(index));
}
