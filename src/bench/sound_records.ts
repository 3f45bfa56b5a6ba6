/**
 * Which records of an interrupted run can be gone on from.
 *
 * @module
 */

import { sha256 } from "../base/hashing.ts";
import { messageOf } from "../base/errors.ts";
import { readMask } from "../imaging/mod.ts";
import type { PredictionRecord, RunResult } from "../results/mod.ts";
import { checksumOf } from "./records.ts";
import { maskFolder, maskPath } from "./run_prediction.ts";
import type { RunScan } from "./run_scans.ts";

/**
 * Earlier results without the predictions whose mask is not the one that they tell of, or that were
 * changed since; they are made again.
 *
 * @param cases the scans of the run
 * @param note told of each that is left out, and why
 */
export function soundRecords(
  previous: RunResult,
  { out, isPublic, cases }: {
    readonly out: string;
    readonly isPublic: boolean;
    readonly cases: readonly RunScan[];
  },
  note: (message: string) => void,
): RunResult {
  const reasonAgainst = (record: PredictionRecord): string | null => {
    if (record.checksum !== checksumOf(record)) return "its record was changed";
    const scan = cases.find(({ index }) => index === record.case);
    if (!scan) return "there is no such scan";
    try {
      const { voxels } = readMask(maskPath(maskFolder(out, record.model), scan, isPublic));
      return sha256(voxels) === record.maskSha256 ? null : "its mask was changed";
    } catch (error) {
      return `its mask cannot be read (${messageOf(error)})`;
    }
  };
  const predictions = previous.predictions.filter((record) => {
    const reason = reasonAgainst(record);
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
