/**
 * What to fill a stack with that a scan is too short for: validation scans, made short in two ways.
 *
 *     deno run -A benchmarks/study/short_scans.ts TRAINED OUT.json
 *
 * TRAINED is the folder of one seed, with `vnet/fold-N/best.safetensors`.
 */

import { writeOut } from "../../src/cli/terminal.ts";
import { mean } from "../../src/statistics/mod.ts";
import type { Scan } from "../scans.ts";
import { cutTo, pieceOf, validatedFolds } from "./validation.ts";

/** Slices that are left. */
const COUNTS = [2, 4, 9, 16, 24];

/** What may fill the stack of a short scan. */
const FILLINGS = ["zeros", "repeat"] as const;

/** Which slices are left of a scan. */
const WAYS: Readonly<Record<string, (scan: Scan, count: number) => readonly number[]>> = {
  /** A piece of a scan. */
  piece: pieceOf,
  /** From the first to the last at even distances: a scan of thick slices. */
  thick: (scan, count) =>
    Array.from({ length: count }, (_, i) => Math.round(i * (scan.slices - 1) / (count - 1))),
};

const [trained, out] = Deno.args;
if (!trained || !out) {
  writeOut("usage: deno run -A benchmarks/study/short_scans.ts TRAINED OUT.json\n");
  Deno.exit(2);
}
const found: { way: string; slices: number; filling: string; dice: number }[] = [];
for (const filling of FILLINGS) {
  for (const { scans, diceOf } of validatedFolds(trained, { overlap: 0, filling })) {
    for (const [way, choose] of Object.entries(WAYS)) {
      for (const slices of COUNTS) {
        for (const scan of scans) {
          const dice = await diceOf(cutTo(scan, choose(scan, slices)));
          if (dice !== null) found.push({ way, slices, filling, dice });
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
