/** The fuzzer of `benchmarks/fuzz`, on as many inputs as a test has time for. */

import assert from "node:assert/strict";
import { tryInput } from "../benchmarks/fuzz/inputs.ts";
import { targets } from "../benchmarks/fuzz/targets.ts";

/** Inputs of every reader. */
const EACH = 60;

/** Each of these starts a worker. */
const SLOW = "scan: compressed DICOM";

Deno.test("every reader reads its own files, and refuses or reads what was changed in them", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  try {
    const all = targets(folder, []);
    for (const { name, files, read } of all) {
      const ends = await Promise.all(files.map(async (file) => {
        try {
          await read(file);
          return 1;
        } catch {
          return 0;
        }
      }));
      const share = ends.reduce<number>((sum, one) => sum + one, 0) / files.length;
      assert.ok(share > 0.75, `${name} reads ${share} of its own files`);
    }
    const quick = all.filter(({ name }) => name !== SLOW);
    for (let input = 0; input < EACH * quick.length; input++) {
      const { end, target, file, error } = await tryInput(quick, { seed: 1, input, folder });
      assert.notEqual(end, "crashed", `input ${input} (${target}, ${file}): ${error}`);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
