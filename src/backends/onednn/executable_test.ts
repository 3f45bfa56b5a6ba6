import assert from "node:assert/strict";
import { random } from "../../base/random.ts";
import { elements } from "../../base/shapes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { seededWeights } from "../../graph/weights.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import { findLibrary } from "../../platform/libraries.ts";
import { lower } from "./executable.ts";
import { Library } from "./library/library.ts";
import { Session } from "./library/session.ts";
import { PLANNING } from "./planning.ts";
import { Team } from "./threads/team.ts";

const found = findLibrary("onednn");

Deno.test({
  name: "steps that a team divides give the bits of those that the library divides",
  ignore: !found,
  fn() {
    using session = new Session(new Library(found!.path));
    const team = Team.of(session.library);
    const b = new GraphBuilder("tiles");
    const x = b.input("x", [2, 8, 16, 32, 32]);
    const h = b.conv("a", x, { channels: 8, ...uniformWindow(3, 5, 1, 2) });
    const graph = b.build(b.conv("b", h, { channels: 16, ...uniformWindow(3, 5, 1, 2) }));
    const plan = makePlan(graph, PLANNING);
    const stream = random(1, "divided");
    const input = Float32Array.from({ length: elements(b.shape(x)) }, () => stream.normal());
    const [one, other] = [undefined, team].map((threads) => {
      using executable = lower(session, plan, seededWeights(graph, 1), "f32", threads);
      const [{ name, shape }] = executable.outputs;
      const output = new Float32Array(elements(shape));
      for (let run = 0; run < 3; run++) executable.run({ x: input }, { [name]: output });
      assert.match(executable.steps[0].implementation, /^tiles/);
      return output;
    });
    assert.deepEqual(other, one);
  },
});
