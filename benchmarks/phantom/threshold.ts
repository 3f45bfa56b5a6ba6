/**
 * What grey values alone score on the phantom: `deno run benchmarks/phantom/threshold.ts [SCANS]`.
 *
 * Prints, for two seeds and two resolutions, the Dice of the best HU threshold inside the exact
 * lung mask: chosen for each scan with the truth in hand, and one for all scans.
 *
 * @module
 */

import {
  bestThreshold,
  bestWindow,
  lungHistogram,
  phantom,
  pooled,
} from "../../src/datasets/phantom/mod.ts";

const scans = Number(Deno.args[0] ?? 20);
const write = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

write(
  "| shape | seed | scans | mean of best per scan | lowest, highest | best window | one for all |",
);
write("|---|---|---|---|---|---|---|");
for (const shape of [[80, 128, 128], [48, 384, 384]] as const) {
  for (const seed of [5, 77]) {
    const histograms = Array.from(
      { length: scans },
      (_, index) => lungHistogram(phantom({ seed, index, shape })),
    );
    const each = histograms.map((histogram) => bestThreshold(histogram).dice ?? NaN);
    const windows = histograms.map((histogram) => bestWindow(histogram).dice ?? NaN);
    const all = bestThreshold(pooled(histograms));
    write(
      `| ${shape.join("x")} | ${seed} | ${scans} | ${mean(each)} | ${fixed(Math.min(...each))}, ` +
        `${fixed(Math.max(...each))} | ${mean(windows)} | ${fixed(all.dice ?? NaN)} ` +
        `(${all.low} HU) |`,
    );
  }
}

function mean(values: readonly number[]): string {
  return fixed(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function fixed(value: number): string {
  return value.toFixed(3);
}
