/**
 * The scans of results, for the viewer of a report: read again, and only where they are public and
 * the very ones that the results tell of.
 *
 * @module
 */

import { dirname, join, relative } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { comesOfDisk } from "../base/is_there.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import { maskFolder, maskPath } from "../bench/mask_files.ts";
import {
  type LoadedCase,
  type LoadedManifest,
  loadManifest,
  readCaseScan,
  readCaseTruth,
} from "../datasets/mod.ts";
import { huSha256, planWindow, readMask } from "../imaging/mod.ts";
import type { Progress } from "../progress/mod.ts";
import type { Viewer } from "../report/mod.ts";
import { modelText, ownModels } from "../report/models.ts";
import { phantomOf } from "../report/phantom.ts";
import { tame, tameText } from "../report/tame.ts";
import {
  expectedBytes,
  ROOM,
  viewerBytes,
  type ViewerScan,
  viewerScan,
  viewerSize,
  type ViewerSource,
} from "../report/viewer/mod.ts";
import type { CaseRecord, RunResult } from "../results/mod.ts";
import { bytesText } from "./options.ts";
import { scansOf, type ScansRequest } from "./scans.ts";

/** A result with its file. */
export interface ReadResult {
  /** Path of the file. */
  readonly path: string;
  /** What it says. */
  readonly result: RunResult;
}

/** What is wanted of a viewer. */
export interface ViewersRequest {
  /** Manifests of the scans; phantoms are found, or made again, without. */
  readonly manifests: readonly string[];
  /** Longer side of the slices in the page; what fits where null. */
  readonly side: number | null;
  /** Told how far the work has come, and what cannot be shown. */
  readonly progress: Progress;
  /** Stops the work between two scans. */
  readonly signal: AbortSignal;
}

/** What can be looked at of results, by their places. */
export type Viewers = ReadonlyMap<number, Pick<Viewer, "scans" | "start">>;

/**
 * Reads and packs the public scans of results.
 *
 * @throws InputError for a manifest that cannot be read or belongs to none of the results
 */
export async function viewersOf(
  results: readonly ReadResult[],
  request: ViewersRequest,
): Promise<Viewers> {
  const manifests = request.manifests.map((path) => ({
    path,
    manifest: loadManifest(path, "unchecked"),
  }));
  for (const { path, manifest } of manifests) {
    const known = results.some(({ result }) => result.dataset.manifestSha256 === manifest.sha256);
    if (known) continue;
    throw new InputError(`${path} is not the manifest of ${describe(results)}`, {
      advice: "name the manifest that the results were made with, as it was then",
    });
  }
  const viewers = new Map<number, Pick<Viewer, "scans" | "start">>();
  let room = ROOM;
  for (const [place, one] of results.entries()) {
    const found = await manifestOf(one, manifests.map(({ manifest }) => manifest), request);
    if (found === null) continue;
    const viewer = await viewerOf(one, found, request, room);
    if (viewer === null) continue;
    room -= viewer.bytes;
    viewers.set(place, viewer);
  }
  return viewers;
}

function describe(results: readonly ReadResult[]): string {
  return results.length === 1 ? results[0].path : "any of the results";
}

/** The public manifest that a result was made with; null where there is none at hand. */
async function manifestOf(
  { path, result }: ReadResult,
  manifests: readonly LoadedManifest[],
  { progress, signal }: ViewersRequest,
): Promise<LoadedManifest | null> {
  const given = manifests.find(({ sha256 }) => sha256 === result.dataset.manifestSha256);
  const phantom = phantomOf(result);
  const found = given ?? (phantom &&
    await scansOf({ phantom } as unknown as ScansRequest, {
      seed: result.suite.seed,
      folder: ".",
      progress,
      signal,
    }));
  if (!found) {
    progress.note(
      `${path}: no viewer: its scans are not known here; name their manifest by --data`,
    );
    return null;
  }
  if (found.sha256 !== result.dataset.manifestSha256) {
    progress.note(`${path}: no viewer: this stackbench makes another phantom of the same seed`);
    return null;
  }
  if (!found.manifest.public) {
    progress.note(`${path}: no viewer: the manifest does not say that its scans are public`);
    return null;
  }
  return found;
}

/** A scan of a result with what of it may be shown. */
interface Candidate {
  readonly record: CaseRecord;
  readonly one: LoadedCase;
}

async function viewerOf(
  { path, result }: ReadResult,
  manifest: LoadedManifest,
  { side: asked, progress, signal }: ViewersRequest,
  room: number,
): Promise<Pick<Viewer, "scans" | "start"> & { readonly bytes: number } | null> {
  const worstFirst = candidates(result, manifest);
  if (worstFirst.length === 0) return null;
  const shapes = worstFirst.map(({ record }) => record.shape);
  const network = Math.max(...result.models.map(({ input }) => Math.max(...input.slice(-2))), 1);
  const { side, fit } = asked === null
    ? viewerSize(shapes, network, room)
    : { side: asked, fit: shapes.map((_, place) => place) };
  const shown = fit.map((place) => worstFirst[place]);
  const expected = expectedBytes(shown.map(({ record }) => record.shape), side);
  const left = worstFirst.length - shown.length;
  progress.note(
    `${path}: viewer of ${shown.length} scans, slices up to ${side} pixels wide: up to ` +
      `${bytesText(expected)} of the page` +
      (left > 0 ? `; ${left} scans with better masks do not fit in (see --viewer-size)` : ""),
  );
  progress.start("scans for the viewer", shown.length);
  const scans: ViewerScan[] = [];
  for (const candidate of shown) {
    await throwIfInterrupted(signal);
    const scan = packedScan(candidate, { path, result }, side, progress);
    if (scan) scans.push(scan);
    progress.advance();
  }
  progress.stop();
  if (scans.length === 0) return null;
  const start = { case: scans[0].case };
  scans.sort((a, b) => a.case - b.case);
  return { scans, start, bytes: viewerBytes(scans) };
}

/** Scans that may be shown, those with the lowest Dice first and those without any last. */
function candidates({ dataset, experiments }: RunResult, { cases }: LoadedManifest): Candidate[] {
  const models = experiments.dice?.status === "done" ? experiments.dice.models : [];
  const scoreOf = (index: number) =>
    Math.min(
      ...models.flatMap(({ scans }) =>
        scans.flatMap((one) => (one.case === index && one.value !== null ? [one.value] : []))
      ),
    );
  return dataset.cases.flatMap((record) => {
    const one = cases.find(({ index }) => index === record.index);
    return one && record.id === one.id ? [{ record, one, score: scoreOf(record.index) }] : [];
  }).sort((a, b) => a.score === b.score ? 0 : a.score - b.score);
}

/** A scan, packed; null where it, or what of it is known, cannot be read any more. */
function packedScan(
  { record, one }: Candidate,
  { path, result }: ReadResult,
  side: number,
  progress: Progress,
): ViewerScan | null {
  try {
    const volume = readCaseScan(one);
    if (huSha256(volume) !== record.voxelsSha256) {
      progress.note(`${one.id} is left out of the viewer: its voxels have changed since the run`);
      return null;
    }
    const truth = record.truth ? readCaseTruth(one, volume)?.voxels ?? null : null;
    const sameTruth = truth && sha256(truth) === record.truth?.sha256 ? truth : null;
    if (truth && !sameTruth) {
      progress.note(`${one.id} is shown without its truth, which has changed since the run`);
    }
    const masks = masksOf({ record, one }, { path, result }, progress);
    const window = planWindow(volume, one.window);
    const source: ViewerSource = {
      case: record.index,
      text: one.id,
      volume,
      window,
      windowText: tameText(record.window),
      truth: sameTruth,
      masks,
    };
    return viewerScan(source, side);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    progress.note(`${one.id} is left out of the viewer: ${messageOf(error)}`);
    return null;
  }
}

/** The masks of the suite's own models that still are what the results tell of. */
function masksOf(
  { record, one }: Candidate,
  { path, result }: ReadResult,
  progress: Progress,
): ViewerSource["masks"] {
  const missing: string[] = [];
  const masks = ownModels(result).flatMap(({ id, dimensions }) => {
    const prediction = result.predictions.find(({ model, case: index }) =>
      model === id && index === record.index
    );
    if (!prediction) return [];
    const text = modelText(tame(result), tame(id));
    try {
      const folder = maskFolder(dirname(path), id);
      // a name in a results file leads nowhere else
      if (relative(join(dirname(path), "masks"), folder).startsWith("..")) {
        throw new InputError("outside of the folder of the results");
      }
      const mask = readMask(maskPath(folder, one, true)).voxels;
      if (sha256(mask) !== prediction.maskSha256) throw new InputError("another mask");
      return [{ text, of: dimensions === 2 ? "2D" as const : "3D" as const, mask }];
    } catch (error) {
      if (!(error instanceof InputError) || comesOfDisk(error)) throw error;
      missing.push(text);
      return [];
    }
  });
  if (missing.length > 0) {
    progress.note(
      `${one.id} is shown without the masks of ${missing.join(", ")}: they do not lie beside the ` +
        "results as the run left them",
    );
  }
  return masks;
}
