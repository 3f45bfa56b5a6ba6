/**
 * Times every op of the models on oneDNN: `deno bench -A benchmarks/micro [--filter "conv 3-D"]`.
 *
 * @module
 */

import { GraphBuilder } from "../../src/graph/mod.ts";
import { CASES } from "./cases.ts";
import { prepareSteps, type Steps } from "./steps.ts";

/** Of the case that runs now: one at a time is in memory. */
let ready: { readonly name: string; readonly steps: Steps } | undefined;

for (const [family, what, shapes, apply] of CASES) {
  const name = `${family}: ${what} @ ${shapes[0].slice(2).join("x")}`;
  Deno.bench({
    name,
    fn(bench) {
      if (ready?.name !== name) {
        ready?.steps[Symbol.dispose]();
        const b = new GraphBuilder(name);
        const inputs = shapes.map((shape, i) => b.input(`x${i}`, shape));
        ready = { name, steps: prepareSteps(b.build(apply(b, ...inputs))) };
      }
      ready.steps.refill();
      bench.start();
      ready.steps.run();
      bench.end();
    },
  });
}
