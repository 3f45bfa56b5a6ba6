/**
 * The steps of a graph on oneDNN alone, without the copies from and to the caller's memory that an
 * executable makes at every run.
 *
 * @module
 */

import { MissingError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { KERNELS } from "../../src/backends/onednn/kernels/mod.ts";
import { Library } from "../../src/backends/onednn/library/library.ts";
import { Lowering } from "../../src/backends/onednn/lowering/lowering.ts";
import { PLANNING } from "../../src/backends/onednn/planning.ts";
import { Session } from "../../src/backends/onednn/library/session.ts";
import { Tensors } from "../../src/backends/onednn/memory/tensors.ts";
import { Team } from "../../src/backends/onednn/threads/team.ts";
import { type Graph, seededWeights } from "../../src/graph/mod.ts";
import { findLibrary, LIBRARIES } from "../../src/platform/libraries.ts";
import { makePlan } from "../../src/plan/mod.ts";

/** Steps that are ready to run. */
export interface Steps extends Disposable {
  /** Puts the inputs back, which steps in place have written over: numbers neither vanish nor explode. */
  refill(): void;
  /** Runs every step once and waits for the last. */
  run(): void;
}

/**
 * Makes the steps of a graph ready, in single precision, with seeded weights and inputs in [-1, 1).
 *
 * @throws MissingError where oneDNN is not
 */
export function prepareSteps(graph: Graph): Steps {
  const found = findLibrary("onednn");
  if (!found) throw new MissingError("oneDNN 3.x is not here", { advice: LIBRARIES.onednn.advice });
  using stack = new DisposableStack();
  const session = stack.use(new Session(new Library(found.path)));
  const plan = makePlan(graph, PLANNING);
  const tensors = new Tensors(session, stack, plan, seededWeights(graph, 0), "f32");
  const lowering = new Lowering(
    session,
    Team.of(session.library),
    stack,
    tensors,
    KERNELS,
    new Set(),
  );
  const calls = plan.steps.flatMap((step) => lowering.lower(step));
  lowering.finish();
  const inputs = plan.inputs.map((id) => {
    const stream = random(0, "input", plan.values[id].name);
    const inside = tensors.single(id);
    return { inside, given: Float32Array.from(inside, () => 2 * stream.uniform() - 1) };
  });
  const owned = stack.move();
  return {
    refill: () => inputs.forEach(({ inside, given }) => inside.set(given)),
    run() {
      for (const call of calls) call.run();
      session.wait();
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}
