/**
 * What to fill a stack with that a scan is too short for, by scans that no test looks at: those by
 * which each fold's training chose its weights, made short in two ways, seen by those weights.
 *
 *     deno run -A benchmarks/study/short_scans.ts TRAINED OUT.json
 *
 * TRAINED is the folder of one seed, with `vnet/fold-N/best.safetensors`. Dice is that of the
 * network's rows and columns, as in the validation of a training.
 */

import { join } from "node:path";
import { openBackend } from "../../src/backends/mod.ts";
import { elements } from "../../src/base/shapes.ts";
import { writeOut } from "../../src/cli/terminal.ts";
import { FILLINGS } from "../../src/imaging/mod.ts";
import { confusion, dice } from "../../src/metrics/overlap.ts";
import { openSegmenter, prepareModel, segmentNetworkScan } from "../../src/segmentation/mod.ts";
import { mean } from "../../src/statistics/mod.ts";
import { foldScans, type Scan } from "../scans.ts";

const MANIFEST = "benchmarks/data/covid-ct-seg20.json";
const FOLDS = { count: 5, seed: 1 };
const INPUT = [32, 128, 128];

/** Slices that are left. */
const COUNTS = [2, 4, 9, 16, 24];

/** Which slices are left of a scan. */
const WAYS: Readonly<Record<string, (scan: Scan, count: number) => readonly number[]>> = {
  /** Neighbours around the one with most of the lesion: a piece of a scan. */
  piece(scan, count) {
    const areas = Array.from({ length: scan.slices }, (_, z) => area(scan, z));
    const fullest = areas.indexOf(Math.max(...areas));
    const first = Math.min(Math.max(0, fullest - (count >> 1)), scan.slices - count);
    return Array.from({ length: count }, (_, i) => first + i);
  },
  /** From the first to the last at even distances: a scan of thick slices. */
  thick: (scan, count) =>
    Array.from({ length: count }, (_, i) => Math.round(i * (scan.slices - 1) / (count - 1))),
};

const plane = elements(INPUT.slice(1));

function area({ truth }: Scan, z: number): number {
  return truth.subarray(z * plane, (z + 1) * plane).reduce((sum, value) => sum + value, 0);
}

/** A scan of some slices of another. */
function left(scan: Scan, slices: readonly number[]): Scan {
  const image = new Float32Array(slices.length * plane);
  const truth = new Uint8Array(slices.length * plane);
  slices.forEach((z, at) => {
    image.set(scan.image.subarray(z * plane, (z + 1) * plane), at * plane);
    truth.set(scan.truth.subarray(z * plane, (z + 1) * plane), at * plane);
  });
  return { ...scan, slices: slices.length, image, truth };
}

const [trained, out] = Deno.args;
if (!trained || !out) {
  writeOut("usage: deno run -A benchmarks/study/short_scans.ts TRAINED OUT.json\n");
  Deno.exit(2);
}
using backend = openBackend("onednn");
const scansOf = foldScans(MANIFEST, FOLDS);
const found: { way: string; slices: number; filling: string; fold: number; dice: number }[] = [];
for (let fold = 0; fold < FOLDS.count; fold++) {
  for (const filling of FILLINGS) {
    const prepared = prepareModel({
      model: "vnet:small",
      input: INPUT,
      options: {},
      weights: join(trained, "vnet", `fold-${fold}`, "best.safetensors"),
      field: "lungs",
      batch: 1,
      overlap: 0,
      stitching: "mean",
      filling,
    }, 1);
    using segmenter = openSegmenter(backend, prepared, "fp32");
    for (const [way, choose] of Object.entries(WAYS)) {
      for (const slices of COUNTS) {
        for (const scan of scansOf(fold).validation) {
          const short = left(scan, choose(scan, slices));
          const { mask } = await segmentNetworkScan(short, segmenter, { threshold: 0.2 });
          const { value } = dice(confusion(mask, short.truth));
          if (value !== null) found.push({ way, slices, filling, fold, dice: value });
        }
      }
    }
  }
}
const rows = Object.keys(WAYS).flatMap((way) =>
  COUNTS.flatMap((slices) =>
    FILLINGS.map((filling) => {
      const own = found.filter((one) =>
        one.way === way && one.slices === slices && one.filling === filling
      ).map(({ dice }) => dice);
      return { way, slices, filling, scans: own.length, meanDice: mean(own), dice: own };
    })
  )
);
for (const { way, slices, filling, scans, meanDice } of rows) {
  writeOut(`${way} of ${slices} slices, ${filling}: ${meanDice.toFixed(3)} (${scans} scans)\n`);
}
const record = { schema: "stackbench/study-short-scans", version: 1, rows };
Deno.writeTextFileSync(out, `${JSON.stringify(record, null, 1)}\n`);
