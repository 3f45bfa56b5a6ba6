/** Bombs and lies: what announces more than it has, or is no file at all, is refused at once. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Outcome } from "./hostile_inputs.ts";

/** Milliseconds of the processor that a refusal may take. */
const PATIENCE = 5000;

/** Bytes of memory that the process may hold at most: itself, and 256 MiB twice while they are joined. */
const MOST_MEMORY = 640 * 2 ** 20;

/** What the refusal says; any words do for the others. */
const WORDS: Readonly<Record<string, RegExp>> = {
  "sparse.nii": /32\.8 GB of voxels, more than this machine has/,
  "bomb.nii.gz": /far more bytes than its header says/,
  "stream.dcm": /65535x65535 where the header says 8x8/,
  "outside.mhd": /names "\.\.\/secret\.raw" for its voxels, which is not in its folder/,
  "absolute.nhdr": /not in its folder/,
  "deep-result.json": /nested deeper than 100 levels/,
  "long-manifest.json": /1099511627776 bytes, more than/,
  "overlapping.safetensors": /overlaps the tensor before it/,
  "huge-entry.whl": /claims more than it can hold/,
};

Deno.test({
  name: "bombs, lies, pipes and devices are refused in time and in little memory" +
    (Deno.build.os === "linux" ? "" : " (skipped: pipes and memory are asked for as on Linux)"),
  ignore: Deno.build.os !== "linux",
  fn() {
    const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
    const inner = join(folder, "inner");
    Deno.mkdirSync(inner);
    const run = (what: string) => {
      const script = join(import.meta.dirname!, "hostile_inputs.ts");
      const args = ["run", "--quiet", "-A", script, what, inner];
      const { code, stdout, stderr } = new Deno.Command(Deno.execPath(), { args }).outputSync();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    try {
      run("make");
      const told: Outcome[] = JSON.parse(run("read"));
      assert.ok(told.length > 30);
      for (const { name, refused, crashed, took, peak } of told) {
        assert.equal(crashed, null, name);
        assert.match(refused ?? "it was read", WORDS[name] ?? /^(?!it was read)/, name);
        assert.ok(took < PATIENCE, `${name} took ${took} ms`);
        assert.ok(peak < MOST_MEMORY, `${name} took ${peak} bytes`);
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
