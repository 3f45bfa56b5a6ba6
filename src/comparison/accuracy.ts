/**
 * Accuracy compared, scan by scan.
 *
 * @module
 */

import { type Metric, METRICS } from "../metrics/mod.ts";
import type { AccuracyRow, CaseRecord, MaskRow, PredictionRecord } from "../results/mod.ts";
import { compare, type PairedMeasure } from "../statistics/mod.ts";
import { holm } from "../statistics/holm.ts";
import { mean } from "../statistics/summary.ts";
import { type Matched, predictionsOf } from "./sides.ts";

/** A scan that both sides should have made something of. */
interface CommonScan {
  readonly scan: CaseRecord;
  readonly base: PredictionRecord | null;
  readonly other: PredictionRecord | null;
}

/**
 * Rows of accuracy: each matched pair in each metric. Holm's correction is over all of them.
 *
 * @param metrics names, in the order of the rows
 */
export function accuracyRows(
  matched: readonly Matched[],
  metrics: readonly string[],
  seed: number,
): AccuracyRow[] {
  const rows = matched.filter(isScored).flatMap((pair) => {
    const scans = commonScans(pair);
    return metrics.map((name) =>
      rowOf(pair, METRICS.find((metric) => metric.name === name)!, scans, seed)
    );
  });
  const tested = rows.filter(({ p }) => p !== null);
  const corrected = holm(tested.map(({ p }) => p!));
  return rows.map((row) => {
    const place = tested.indexOf(row);
    return place < 0 ? row : { ...row, pHolm: corrected[place] };
  });
}

/** Masks of each matched pair, beside each other. */
export function maskRows(matched: readonly Matched[]): MaskRow[] {
  return matched.map(({ name, side, base, other }) => {
    const theirs = predictionsOf(other);
    const pairs = [...predictionsOf(base)].flatMap(([key, { prediction }]) => {
      const twin = theirs.get(key)?.prediction;
      return prediction && twin ? [prediction.maskSha256 === twin.maskSha256] : [];
    });
    return {
      model: name,
      other: side,
      scans: pairs.length,
      same: pairs.filter((same) => same).length,
    };
  }).filter(({ scans }) => scans > 0);
}

/** Accuracy is spoken of trained models only, and of scans with truth. */
function isScored({ base, other }: Matched): boolean {
  return [base, other].every(({ model, result }) =>
    model.weights.source === "file" && result.predictions.some(({ metrics }) => metrics !== null)
  );
}

/** Scans that both results hold and accuracy is spoken of: the test split, else all with truth. */
function commonScans({ base, other }: Matched): CommonScan[] {
  const [ours, theirs] = [predictionsOf(base), predictionsOf(other)];
  const known = [...ours].filter(([key, { scan }]) => theirs.has(key) && scan.truth !== null);
  const test = known.filter(([, { scan }]) => scan.split === "test");
  return (test.length > 0 ? test : known).map(([key, { scan, prediction }]) => ({
    scan,
    base: prediction,
    other: theirs.get(key)!.prediction,
  }));
}

function rowOf(
  { name, side }: Matched,
  metric: Metric,
  scans: readonly CommonScan[],
  seed: number,
): AccuracyRow {
  const valueOf = (prediction: PredictionRecord | null) => {
    const value = prediction?.metrics?.[metric.name]?.value ?? null;
    // of a signed error the size is compared: too little is no better than too much
    return value !== null && metric.better === "zero" ? Math.abs(value) : value;
  };
  const paired: PairedMeasure = {
    measure: metric.name,
    first: scans.map((one) => valueOf(one.other)),
    second: scans.map((one) => valueOf(one.base)),
  };
  // patients are numbered apart in each result; those of the base name them
  const patients = scans.map(({ scan }) => scan.patient);
  const [{ n, patients: counted, difference, interval, p, pHolm, reason }] = compare([paired], {
    seed,
    patients,
  });
  return {
    model: name,
    metric: metric.name,
    other: side,
    scans: scans.length,
    base: sideOf(scans.map((one) => one.base), paired.second),
    compared: sideOf(scans.map((one) => one.other), paired.first),
    n,
    patients: counted,
    difference,
    interval,
    p,
    pHolm,
    ...(reason === undefined ? {} : { reason }),
  };
}

function sideOf(
  predictions: readonly (PredictionRecord | null)[],
  values: readonly (number | null)[],
): AccuracyRow["base"] {
  const defined = values.filter((value) => value !== null);
  const missed = predictions.filter((one) => one === null).length;
  return {
    mean: defined.length > 0 ? mean(defined) : null,
    missed,
    undefined: values.length - defined.length - missed,
  };
}
