/**
 * Whether two result files are one result, whenever and wherever it was timed:
 * `deno run --allow-read tests/scale/same_results.ts A.json B.json`.
 *
 * @module
 */

import { differenceText, firstDifference } from "../../src/base/difference.ts";
import { writeError } from "../../src/cli/terminal.ts";
import { readRunResult, withoutVolatile } from "../../src/results/mod.ts";

const [a, b] = Deno.args.map((path) => withoutVolatile(readRunResult(path)));
const difference = firstDifference(a, b);
if (difference) {
  writeError(`${Deno.args.join(" and ")} differ: ${differenceText(difference)}\n`);
  Deno.exit(1);
}
