/**
 * The scans of a suite or a training: those of a manifest, or a phantom that is made once.
 *
 * @module
 */

import { dirname, isAbsolute, join } from "node:path";
import type { LoadedManifest, Split } from "../datasets/mod.ts";
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
 * The scans, made where they are a phantom that is not there yet.
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
    return loadManifest(isAbsolute(manifest) ? manifest : join(folder, manifest));
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
