/**
 * Tests run with one thread each, as many at once as there are cores. What several threads share is
 * tried here, in a process that has them.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { onednn } from "../src/backends/onednn/mod.ts";

const SUITE = join(import.meta.dirname!, "backend_suite_test.ts");

/** Whole nets, and convolutions that are done in tiles and strips. */
const TRIED = "/^onednn \\w+: (whole nets|conv)$/";

const { available, detail } = onednn.probe();

Deno.test({
  name: "oneDNN computes the same with two threads" + (available ? "" : ` (skipped: ${detail})`),
  ignore: !available,
  async fn() {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-check", "-A", "--filter", TRIED, SUITE],
      env: { OMP_NUM_THREADS: "2", NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(success, text);
    assert.match(text, /ok \| [24] passed/);
  },
});
