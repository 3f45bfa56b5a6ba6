/**
 * The scan and the truth of a case, read as its manifest says.
 *
 * @module
 */

import { type MaskFile, readMask, readTruth } from "../imaging/masks.ts";
import { type ReadOptions, readScan } from "../imaging/read.ts";
import type { Volume } from "../imaging/volume.ts";
import type { LoadedCase } from "./manifest_file.ts";

/**
 * Reads the scan of a case.
 *
 * @throws InputError where it cannot be read
 */
export function readCaseScan(
  { image, reading }: Pick<LoadedCase, "image" | "reading">,
  options: Pick<ReadOptions, "onPhase"> = {},
): Volume {
  return readScan(image, { ...reading, ...options });
}

/**
 * Reads the truth of a case, on the grid of its scan; null where the manifest names none.
 *
 * @param scan its scan; null for one that cannot be read, so that the truth is looked at alone
 * @throws InputError where it cannot be read or lies on another grid
 */
export function readCaseTruth(
  { truth, truthReading }: Pick<LoadedCase, "truth" | "truthReading">,
  scan: Volume | null,
): MaskFile | null {
  if (truth === null) return null;
  const { certainty, ...reading } = truthReading ?? {};
  const options = { ...reading, threshold: certainty };
  return scan === null ? readMask(truth, options) : readTruth(truth, scan, options);
}
