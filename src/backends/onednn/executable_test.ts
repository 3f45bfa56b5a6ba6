import assert from "node:assert/strict";
import { random } from "../../base/random.ts";
import { elements } from "../../base/shapes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { seededWeights } from "../../graph/weights.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import { findLibrary } from "../../platform/libraries.ts";
import { lower } from "./executable.ts";
import { deviceFacts } from "./library/device.ts";
import { Library } from "./library/library.ts";
import { Session } from "./library/session.ts";
import { PLANNING } from "./planning.ts";
import { Team } from "./threads/team.ts";

const found = findLibrary("onednn");

/** What a graph of one input and one output gives, with a team or without. */
function outputOf(session: Session, graph: Graph, team: Team | undefined): Float32Array {
  using executable = lower(
    session,
    makePlan(graph, PLANNING),
    seededWeights(graph, 1),
    "f32",
    team,
  );
  const [[x], [y]] = [executable.inputs, executable.outputs];
  const stream = random(1, "divided");
  const input = Float32Array.from({ length: elements(x.shape) }, () => stream.normal());
  const output = new Float32Array(elements(y.shape));
  // the later runs meet what the first left in memory
  for (let run = 0; run < 3; run++) executable.run({ [x.name]: input }, { [y.name]: output });
  return output;
}

function tiles(): Graph {
  const b = new GraphBuilder("tiles");
  const x = b.input("x", [2, 8, 16, 32, 32]);
  const h = b.conv("a", x, { channels: 8, ...uniformWindow(3, 5, 1, 2) });
  return b.build(b.conv("b", h, { channels: 16, ...uniformWindow(3, 5, 1, 2) }));
}

function strips(): Graph {
  const b = new GraphBuilder("strips");
  const x = b.input("x", [2, 16, 160, 160]);
  const h = b.apply("relu", "relu", [
    b.conv("a", x, { channels: 24, ...uniformWindow(2, 3, 1, 1) }),
  ], {});
  const slopes = b.preluElement("slopes", h);
  const down = b.apply("max_pool", "pool", [slopes], uniformWindow(2, 3, 2, 1));
  const deep = b.conv("b", down, { channels: 64, ...uniformWindow(2, 1) });
  const scale = b.apply("sigmoid", "scale", [b.apply("global_avg_pool", "mean", [deep], {})], {});
  const scaled = b.apply("mul", "mul", [deep, scale], {});
  const up = b.deconv("up", scaled, { channels: 24, ...uniformWindow(2, 3, 2), padAfter: [1, 1] });
  const joined = b.apply("concat", "cat", [b.preluChannel("act", up), slopes], {});
  return b.build(b.apply("add", "sum", [joined, b.apply("elu", "elu", [joined], {})], {}));
}

/** Instruction sets on which the library's products beat its broadcasts. */
const wide = found !== null && (() => {
  using library = new Library(found.path);
  return deviceFacts(library).isa?.startsWith("avx512") ?? false;
})();

Deno.test({
  name: "on AVX-512 few channels times a map are a product of matrices" +
    (wide ? "" : " (skipped: no oneDNN or no AVX-512 here)"),
  ignore: !wide,
  fn() {
    using session = new Session(new Library(found!.path));
    for (const [channels, product] of [[1, false], [5, true], [32, true], [128, false]] as const) {
      const b = new GraphBuilder("map");
      const [x, map] = [b.input("x", [2, channels, 9, 40]), b.input("map", [2, 1, 9, 40])];
      const graph = b.build(b.apply("mul", "m", [x, map], {}));
      using executable = lower(
        session,
        makePlan(graph, PLANNING),
        seededWeights(graph, 1),
        "f32",
      );
      const { implementation } = executable.steps[0];
      assert.equal(/^brg.*avx512/.test(implementation), product, `${channels}: ${implementation}`);
    }
  },
});

for (const make of [tiles, strips]) {
  Deno.test({
    name: `${make.name} that a team divides give the bits of what the library divides`,
    ignore: !found,
    fn() {
      using session = new Session(new Library(found!.path));
      const { omp_set_num_threads, omp_get_max_threads } = session.library.symbols;
      const threads = omp_get_max_threads!();
      omp_set_num_threads!(3);
      using _after = { [Symbol.dispose]: () => omp_set_num_threads!(threads) };
      const team = Team.of(session.library);
      assert.equal(team?.size, 3);
      assert.deepEqual(outputOf(session, make(), team), outputOf(session, make(), undefined));
    },
  });
}
