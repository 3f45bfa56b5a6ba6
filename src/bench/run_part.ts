/**
 * The part of a run that one of several machines does.
 *
 * @module
 */

import { canonicalJson, sha256 } from "../base/hashing.ts";
import { type LoadedManifest, type ShardRequest, shardsOf } from "../datasets/mod.ts";
import { sliceCount } from "../imaging/mod.ts";
import type { ShardRecord } from "../results/mod.ts";
import type { RunScan } from "./run_scans.ts";

/**
 * Shares the scans of a run out and tells which are those of one part.
 *
 * @param scans of the whole run
 * @throws InputError where there are more parts than scans
 */
export function partOfRun(
  scans: readonly RunScan[],
  { index, count }: ShardRequest,
  { sha256: key }: Pick<LoadedManifest, "sha256">,
): ShardRecord {
  const slices = scans.map((one) => one.slices ?? sliceCount(one.image));
  const parts = shardsOf(slices, count, key);
  return {
    index,
    count,
    scans: scans.length,
    cases: scans.filter((_, scan) => parts[scan] === index).map((one) => one.index),
    divisionSha256: sha256(canonicalJson(scans.map((one, scan) => [one.index, parts[scan]]))),
  };
}

/** Name of the folder of a part, below that of the run. */
export function partFolder({ index, count }: ShardRequest): string {
  return `shard-${index}-of-${count}`;
}
