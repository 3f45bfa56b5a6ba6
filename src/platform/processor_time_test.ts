/** Processor time: it grows with work and stands still while nothing is done. */

import assert from "node:assert/strict";
import { processorTimes } from "./processor_time.ts";

const skip = processorTimes() === null ? " (skipped: this system does not tell it)" : "";

Deno.test({
  name: `processor time grows with work and not while a process waits${skip}`,
  ignore: skip !== "",
  async fn() {
    const start = processorTimes()!;
    const wall = performance.now();
    let sum = 0;
    while (processorTimes()!.lead - start.lead < 0.05) sum += Math.sqrt(sum);
    const worked = processorTimes()!;
    assert.ok(worked.all - start.all >= worked.lead - start.lead);
    // it cannot run longer than time passes, but for the clocks' own steps
    assert.ok(worked.lead - start.lead <= (performance.now() - wall) / 1000 + 0.001);
    await new Promise((resume) => setTimeout(resume, 200));
    assert.ok(processorTimes()!.lead - worked.lead < 0.1);
  },
});
