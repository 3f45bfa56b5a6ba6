/**
 * Which records of earlier results can be built on.
 *
 * @module
 */

import { sha256 } from "../base/hashing.ts";
import { messageOf } from "../base/errors.ts";
import { readMask } from "../imaging/mod.ts";
import type { PredictionRecord, RunResult } from "../results/mod.ts";
import { maskFolder, maskPath, type NamedCase } from "./run_prediction.ts";

/** Where results and their masks lie. */
export interface RecordsAt {
  /** Folder of the run. */
  readonly out: string;
  /** Whether masks go by the ids of scans. */
  readonly isPublic: boolean;
  /** The scans of the run. */
  readonly cases: readonly NamedCase[];
}

/**
 * Earlier results without the predictions whose mask is not the one that they tell of; they are made
 * again.
 *
 * @param note told of each that is left out, and why
 */
export function soundRecords(
  previous: RunResult,
  at: RecordsAt,
  note: (message: string) => void,
): RunResult {
  const predictions = previous.predictions.filter((record) => {
    const reason = faultOf(record, at);
    if (reason) note(`${record.model} makes scan ${record.case} again: ${reason}`);
    return reason === null;
  });
  if (predictions.length === previous.predictions.length) return previous;
  const kept = ({ model, case: index }: { readonly model: string; readonly case: number }) =>
    predictions.some((one) => one.model === model && one.case === index);
  const timed = previous.timing.inference.filter(({ model }) =>
    previous.predictions.filter((one) => one.model === model).every(kept)
  );
  return {
    ...previous,
    predictions,
    timing: {
      ...previous.timing,
      cases: previous.timing.cases.filter(kept),
      inference: timed,
    },
  };
}

/** What is wrong with a prediction or its mask, in words; null where nothing is. */
export function faultOf(
  record: PredictionRecord,
  { out, isPublic, cases }: RecordsAt,
): string | null {
  // one that is there was checked when the results were read
  if (record.checksum === undefined) return "its record has no checksum";
  const scan = cases.find(({ index }) => index === record.case);
  if (!scan) return "there is no such scan";
  try {
    const { voxels } = readMask(maskPath(maskFolder(out, record.model), scan, isPublic));
    return sha256(voxels) === record.maskSha256 ? null : "its mask was changed";
  } catch (error) {
    return `its mask cannot be read (${messageOf(error)})`;
  }
}
