/**
 * Times a network in bf16, its steps, and all of its convolutions on int8, in turn:
 * `deno run -A benchmarks/int8/time_layers.ts MODEL SIZES WAYS [REPEATS]`, such as `vnet:paper206
 * 32x512x512 ways.json 3`. Prints JSON. With `OMP_NUM_THREADS=1` it also tells the seconds that its
 * thread ran, which on a machine that others use say more than those of the clock.
 *
 * Each convolution is tried on int8 as oneDNN has it and, where channels are few, with 2, 4 or 8
 * neighbours along W seen as channels, as the backend does it in other precisions. The fastest way
 * of each is kept in the file WAYS, and taken from it where that is there. Then they run one after
 * another, each with tensors of its own. They read and write a byte an element, and scale and
 * rectify; what else is fused to a step is left out, so that this is less than what int8 would take.
 *
 * @module
 */

import { compile, openBackend } from "../../src/backends/mod.ts";
import {
  foldWindow,
  transposedFold,
} from "../../src/backends/onednn/kernels/convolution/width_folding.ts";
import { Library } from "../../src/backends/onednn/library/library.ts";
import { Session } from "../../src/backends/onednn/library/session.ts";
import { isThere } from "../../src/base/is_there.ts";
import { readJsonFile } from "../../src/base/json_file.ts";
import type { Shape } from "../../src/base/shapes.ts";
import { randomBindings } from "../../src/bench/network.ts";
import { monotonic } from "../../src/bench/timer.ts";

import { buildModel } from "../../src/models/mod.ts";
import { processorTimes } from "../../src/platform/processor_time.ts";
import { requireLibrary } from "../../src/platform/libraries.ts";
import { median } from "../../src/statistics/mod.ts";
import { writeJson } from "../../src/cli/terminal.ts";
import { drawnWeights } from "./drawn_weights.ts";
import { int8Convolution, type Shapes } from "./int8_convolution.ts";
import { layersOf, slopeless } from "./quantised_graph.ts";

/** Elements of each result that are compared with the definition. */
const LOOKS = 24;

/** Most channels that neighbours are folded into: the sums of a vector of 512 bits, four times. */
const MOST_CHANNELS = 64;

/** A convolution as it is, and with neighbours along W as channels where that is possible. */
function ways(shapes: Shapes): Shapes[] {
  const { op, source, destination, window, groups } = shapes;
  const wide = (dims: Shape, factor: number) =>
    dims.with(1, dims[1] * factor).with(-1, dims[dims.length - 1] / factor);
  if (op === "deconv") {
    const fold = transposedFold(destination, window);
    if (fold === 1) return [shapes];
    const along = (sizes: readonly number[]) => sizes.with(-1, 1);
    const { kernel, stride, ...rest } = window;
    return [shapes, {
      ...shapes,
      destination: wide(destination, fold),
      window: { ...rest, kernel: along(kernel), stride: along(stride) },
    }];
  }
  const [from, to] = [source, destination].map((dims) => dims[dims.length - 1]);
  if (groups !== 1 || window.stride[window.stride.length - 1] !== 1 || from !== to) return [shapes];
  const most = Math.max(source[1], destination[1]);
  return [1, 2, 4, 8].filter((factor) => most * factor <= MOST_CHANNELS || factor === 1)
    .filter((factor) => from % factor === 0)
    .map((factor) =>
      factor === 1 ? shapes : {
        ...shapes,
        source: wide(source, factor),
        destination: wide(destination, factor),
        window: foldWindow(window, factor),
      }
    );
}

/** Seconds of something by the clock. */
function seconds(work: () => void): number {
  const start = monotonic();
  work();
  return monotonic() - start;
}

/** Whether one thread does all the work, so that what it ran is all that was done. */
const ALONE = Deno.env.get("OMP_NUM_THREADS") === "1";

/** Seconds that the one thread ran for something; null where there are more. */
function processorSeconds(work: () => void): number | null {
  const start = processorTimes();
  work();
  const end = processorTimes();
  return ALONE && start && end ? end.lead - start.lead : null;
}

/** How many runs decide which way is the fastest. */
const TRIES = 3;

/** Which way of an int8 convolution is the fastest; null where the library has none. */
function fastest(session: Session, shapes: Shapes): number | null {
  const tried = ways(shapes).flatMap((way, index) => {
    using made = int8Convolution(session, way);
    if (!made) return [];
    made.run();
    const wrong = made.wrong(LOOKS);
    if (wrong > 0) throw new Error(`${made.implementation} is wrong at ${wrong} of ${LOOKS}`);
    return [{ index, best: Math.min(...range(TRIES).map(() => seconds(made.run))) }];
  });
  return tried.toSorted((a, b) => a.best - b.best)[0]?.index ?? null;
}

/** The fastest ways of all layers: from the file where it is there, else tried and written to it. */
function choices(session: Session, layers: readonly Shapes[], path: string): (number | null)[] {
  if (isThere(path)) return readJsonFile(path) as (number | null)[];
  const known = new Map<string, number | null>();
  const chosen = layers.map((shapes) => {
    const key = JSON.stringify(shapes);
    if (!known.has(key)) known.set(key, fastest(session, shapes));
    return known.get(key)!;
  });
  Deno.writeTextFileSync(path, JSON.stringify(chosen));
  return chosen;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

const [name, sizes, file, times = "3"] = Deno.args;
const repeats = range(Number(times));
const { graph } = buildModel(name, {
  spatial: sizes.split("x").map(Number),
  batch: 1,
  options: {},
});
using stack = new DisposableStack();
const backend = stack.use(openBackend("onednn"));
const weights = drawnWeights(graph);
const executable = stack.use(compile(backend, graph, weights, "bf16"));
const { inputs, outputs } = randomBindings(executable, 1);
const session = stack.use(new Session(new Library(requireLibrary("onednn").path)));
const layers = layersOf(graph);
const shapes = layers.map(({ op, attributes, inputs: [x], output }): Shapes => ({
  op,
  source: graph.values[x].shape,
  destination: graph.values[output].shape,
  window: attributes,
  groups: "groups" in attributes ? attributes.groups : 1,
}));
const chosen = choices(session, shapes, file);
const int8 = shapes.map((one, i) => {
  const way = chosen[i];
  return way === null ? undefined : stack.use(int8Convolution(session, ways(one)[way])!);
});

/** The network without its PReLUs: what they take of it no int8 convolution does. */
const bare = ALONE ? stack.use(compile(backend, slopeless(graph), weights, "bf16")) : null;

/** What can be done of the network on int8. */
const convolve = () => int8.forEach((one) => one?.run());
const run = () => executable.run(inputs, outputs);
const rounds = repeats.map(() => ({
  whole: seconds(run),
  steps: executable.profile(inputs, outputs),
  int8: int8.map((one) => one ? seconds(one.run) : null),
  processor: bare && {
    whole: processorSeconds(run),
    bare: processorSeconds(() => bare.run(inputs, outputs)),
    int8: processorSeconds(convolve),
  },
}));
// the first is a warm-up
const timed = rounds.length > 1 ? rounds.slice(1) : rounds;
writeJson({
  whole: median(timed.map(({ whole }) => whole)),
  steps: median(timed.map(({ steps }) => sum(steps.map(({ seconds }) => seconds)))),
  processor: timed[0].processor === null ? null : {
    whole: median(timed.map(({ processor }) => processor!.whole!)),
    bare: median(timed.map(({ processor }) => processor!.bare!)),
    int8: median(timed.map(({ processor }) => processor!.int8!)),
  },
  layers: layers.map(({ name }, i) => ({
    name,
    bf16: median(timed.map(({ steps }) => steps.find((step) => step.name === name)!.seconds)),
    int8: int8[i] ? median(timed.map((round) => round.int8[i]!)) : null,
    implementation: int8[i]?.implementation ?? null,
    folded: (chosen[i] ?? 0) > 0,
  })),
});
