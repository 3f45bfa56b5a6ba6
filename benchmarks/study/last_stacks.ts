/**
 * Whether the last stack of a scan is better moved back, to end with the scan, than filled up with
 * zeros: validation scans, whole and cut to pieces whose last stack has many zeros and few.
 *
 *     deno run -A benchmarks/study/last_stacks.ts TRAINED OUT.json
 *
 * TRAINED is the folder of one seed, with `vnet/fold-N/best.safetensors`.
 */

import { writeOut } from "../../src/cli/terminal.ts";
import { mean } from "../../src/statistics/mod.ts";
import { cutTo, pieceOf, type Stacks, validatedFolds } from "./validation.ts";

/** Slices that are left of a scan that has as many; null: all. */
const COUNTS = [null, 33, 36, 40, 48, 56];

const STACKS: readonly Stacks[] = [0, 0.625].flatMap((overlap) => [
  { overlap, filling: "zeros" },
  { overlap, filling: "shift" },
]);

const [trained, out] = Deno.args;
if (!trained || !out) {
  writeOut("usage: deno run -A benchmarks/study/last_stacks.ts TRAINED OUT.json\n");
  Deno.exit(2);
}
const rows = [];
for (const stacks of STACKS) {
  const found = new Map(COUNTS.map((slices): [number | null, number[]] => [slices, []]));
  for (const { scans, diceOf } of validatedFolds(trained, stacks)) {
    for (const [slices, own] of found) {
      for (const scan of scans.filter((one) => one.slices >= (slices ?? 0))) {
        const dice = await diceOf(slices === null ? scan : cutTo(scan, pieceOf(scan, slices)));
        if (dice !== null) own.push(dice);
      }
    }
  }
  for (const [slices, dice] of found) {
    rows.push({ ...stacks, slices, scans: dice.length, meanDice: mean(dice), dice });
  }
}
for (const { overlap, filling, slices, scans, meanDice } of rows) {
  writeOut(
    `${slices ?? "all"} slices, overlap ${overlap}, ${filling}: ${meanDice.toFixed(3)} ` +
      `(${scans} scans)\n`,
  );
}
const record = { schema: "stackbench/study-last-stacks", version: 1, rows };
Deno.writeTextFileSync(out, `${JSON.stringify(record, null, 1)}\n`);
