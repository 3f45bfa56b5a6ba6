/** The fuzzer of `benchmarks/fuzz`, on as many inputs as a test has time for. */

import assert from "node:assert/strict";
import { tryInput } from "../benchmarks/fuzz/inputs.ts";
import { targets } from "../benchmarks/fuzz/targets.ts";

/** Inputs of every reader. */
const EACH = 60;

/** Each of these starts a worker: fewer will do. */
const SLOW = { name: "scan: compressed DICOM", each: 25 };

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
    const [slow, quick] = [true, false].map((is) =>
      all.filter(({ name }) => (name === SLOW.name) === is)
    );
    for (const [some, each] of [[quick, EACH], [slow, SLOW.each]] as const) {
      for (let input = 0; input < each * some.length; input++) {
        const { end, target, file, error } = await tryInput(some, { seed: 1, input, folder });
        assert.notEqual(end, "crashed", `input ${input} (${target}, ${file}): ${error}`);
      }
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
