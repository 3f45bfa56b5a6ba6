/**
 * What is said of single slices and of runs of them, against the pixels of each slice.
 *
 * @module
 */

import { isWhole } from "../../base/close.ts";
import { RUN_LENGTH } from "../../metrics/consecutive.ts";
import type { CaseRecord, PredictionRecord, RunResult } from "../records.ts";

/** Contradictions of the runs of slices of a prediction. */
export function* contradictionsOfRuns(
  { runs, slicePixels }: PredictionRecord,
  { truth }: CaseRecord,
  path: string,
): Generator<string> {
  if (runs === null) return;
  const real = truth?.slicePixels ?? [];
  const starts = real.flatMap((_, slice) =>
    real.slice(slice, slice + RUN_LENGTH).filter((pixels) => pixels > 0).length === RUN_LENGTH
      ? [slice]
      : []
  );
  if (runs.length !== starts.length) {
    yield `${path}.runs: it has ${runs.length} entries, not ${starts.length}`;
    return;
  }
  for (const [i, { slice, pattern, dice }] of runs.entries()) {
    const at = `${path}.runs.${i}`;
    if (slice !== starts[i]) yield `${at}.slice: ${slice} is not ${starts[i]}`;
    const predicted = slicePixels.slice(starts[i], starts[i] + RUN_LENGTH);
    const presence = predicted.map((pixels) => pixels > 0 ? "1" : "0").join("");
    if (pattern !== presence) yield `${at}.pattern: ${JSON.stringify(pattern)} is not ${presence}`;
    yield* ofDice(dice, predicted, real.slice(starts[i], starts[i] + RUN_LENGTH), `${at}.dice`);
  }
}

/** Contradictions of the pictures of slices. */
export function* contradictionsOfPictures(
  { experiments: { masks }, dataset, predictions }: RunResult,
): Generator<string> {
  if (masks?.status !== "done") return;
  for (const [i, { case: index, rule, slice, models }] of masks.panels.entries()) {
    const at = `experiments.masks.panels.${i}`;
    const scan = dataset.cases.find((one) => one.index === index)!;
    const real = scan.truth?.slicePixels ?? [];
    if (!(real[slice] > 0)) {
      yield `${at}.slice: ${slice} is no positive slice of scan ${index}`;
      continue;
    }
    const largest = real.indexOf(Math.max(...real));
    if (rule === "largest-area" && slice !== largest) {
      yield `${at}.slice: ${slice} is not ${largest}, which has the largest area`;
    }
    for (const [k, { model, dice }] of models.entries()) {
      const own = predictions.find((one) => one.model === model && one.case === index);
      const place = `${at}.models.${k}.dice.value`;
      if (own && dice.value !== null) {
        yield* ofDice(dice.value, [own.slicePixels[slice]], [real[slice]], place);
      }
    }
  }
}

/** A Dice of slices whose pixels are known: what they share is a number of pixels. */
function* ofDice(
  dice: number,
  predicted: readonly number[],
  real: readonly number[],
  path: string,
): Generator<string> {
  const all = [...predicted, ...real].reduce((sum, pixels) => sum + pixels, 0);
  const most = predicted.reduce((sum, pixels, i) => sum + Math.min(pixels, real[i]), 0);
  const shared = dice * all / 2;
  if (dice < 0 || shared > most + 1e-6 || !isWhole(shared)) {
    yield `${path}: ${dice} is no Dice of ${all} pixels of which ${most} can be shared`;
  }
}
