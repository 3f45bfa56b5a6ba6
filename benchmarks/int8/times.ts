/**
 * What time int8 would save: `deno run -A benchmarks/int8/times.ts prepare --python PYTHON`, then, on
 * a machine that does nothing else, `deno run -A benchmarks/int8/times.ts run --python PYTHON
 * [--rounds 5] [--budget 290] [--out results/int8.json]`.
 *
 * PYTHON has `requirements.txt`. In each round, for each network, in fresh processes: Stackbench in
 * bf16 with all of its convolutions on int8 apart (`time_layers.ts`), OpenVINO in bf16, and NNCF's
 * int8 in OpenVINO with bf16 for the rest. Every second round goes backwards. Ratios are of int8 by
 * bf16, with an interval over rounds; no round is begun once the budget (seconds) is spent.
 *
 * `times.ts processor` and `peer-processor` need no quiet machine: they tell how long one thread runs
 * for the network in bf16, and for its convolutions, or for OpenVINO's network, on int8.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { isThere } from "../../src/base/is_there.ts";
import { randomBindings } from "../../src/bench/network.ts";
import { monotonic } from "../../src/bench/timer.ts";
import { writeError } from "../../src/cli/terminal.ts";

import { buildModel } from "../../src/models/mod.ts";
import { writeOnnx } from "../../src/onnx/mod.ts";
import { geometricInterval, median } from "../../src/statistics/mod.ts";
import { tensor, writeSafetensors } from "../../src/tensor/mod.ts";
import { drawnWeights } from "./drawn_weights.ts";
import { note } from "./record.ts";

const { values: options, positionals: [command] } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string" },
    work: { type: "string", default: "out/int8" },
    rounds: { type: "string", default: "5" },
    budget: { type: "string", default: "290" },
    out: { type: "string", default: "results/int8.json" },
  },
});

/** Networks at the sizes that they are meant for. */
const CASES = [
  { model: "vnet:paper206", sizes: "32x512x512" },
  { model: "unet", sizes: "512x512" },
] as const;

type Case = typeof CASES[number];

const FILES = ["net.onnx", "seen", "input.safetensors", "float.xml", "int8.xml", "ways.json"];

/** Where the files of a case lie. */
function filesOf({ model }: Case) {
  const folder = join(options.work, model.replace(":", "-"));
  Deno.mkdirSync(folder, { recursive: true });
  const [onnx, seen, input, plain, int8, ways] = FILES.map((name) => join(folder, name));
  return { onnx, seen, input, plain, int8, ways };
}

async function child(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, {
    args: [...args],
    env,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${args[0]} failed`);
  return new TextDecoder().decode(stdout);
}

const pathOf = (relative: string) => new URL(relative, import.meta.url).pathname;

/** Random weights and one random input, and what NNCF makes of them. */
async function prepare(one: Case): Promise<void> {
  const files = filesOf(one);
  if (isThere(files.int8)) return;
  const { graph } = buildModel(one.model, {
    spatial: one.sizes.split("x").map(Number),
    batch: 1,
    options: {},
  });
  const [id] = graph.inputs;
  const { name, shape } = graph.values[id];
  const { inputs } = randomBindings({ inputs: [{ name, shape }], outputs: [] }, 1);
  const data = inputs[name] as Float32Array<ArrayBuffer>;
  writeOnnx(files.onnx, graph, drawnWeights(graph));
  writeSafetensors(files.input, new Map([["input", tensor("f32", shape, data)]]));
  Deno.writeFileSync(files.seen, new Uint8Array(data.buffer));
  const save = ["save", files.onnx, files.seen, files.plain, files.int8];
  await child(options.python!, [pathOf("peer.py"), ...save]);
}

/** Repeats in a process, the first of which warms up. */
const REPEATS = 3;

/** What time_layers.ts prints. */
interface Layers {
  readonly whole: number;
  readonly steps: number;
  readonly processor: {
    readonly whole: number;
    readonly bare: number;
    readonly int8: number;
  } | null;
  readonly layers: readonly {
    readonly name: string;
    readonly bf16: number;
    readonly int8: number | null;
    readonly implementation: string | null;
    readonly folded: boolean;
  }[];
}

async function ours(one: Case, env: Record<string, string> = {}): Promise<Layers> {
  const args = [pathOf("time_layers.ts"), one.model, one.sizes, filesOf(one).ways, `${REPEATS}`];
  return JSON.parse(await child(Deno.execPath(), ["run", "-A", "--quiet", ...args], env));
}

async function openVino(one: Case, file: string): Promise<number> {
  const { samples } = JSON.parse(
    await child(options.python!, [
      pathOf("../peers/run_model.py"),
      "openvino",
      "latency",
      "bf16",
      file,
      filesOf(one).input,
      "--threads",
      String(navigator.hardwareConcurrency),
      "--repeats",
      `${REPEATS - 1}`,
    ]),
  );
  return median(samples);
}

/** What a case took in one round, in seconds. */
interface Round {
  ours?: Layers;
  openvinoBf16?: number;
  openvinoInt8?: number;
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

/** Ratios of int8 by bf16 that a round tells. */
function ratiosOf({ ours, openvinoBf16, openvinoInt8 }: Required<Round>) {
  const { steps, layers } = ours;
  const bf16 = sum(layers.map(({ bf16 }) => bf16));
  const int8 = sum(layers.map(({ int8, bf16 }) => int8 ?? bf16));
  const faster = sum(layers.map(({ int8, bf16 }) => Math.min(int8 ?? bf16, bf16)));
  return {
    /** All convolutions on int8, and nothing else at all, by the whole network in bf16. */
    convolutionsAlone: int8 / steps,
    /** The network with all convolutions on int8 and all else as in bf16. */
    allConvolutions: (steps - bf16 + int8) / steps,
    /** The same with int8 only where it is faster, conversions for nothing. */
    fasterConvolutions: (steps - bf16 + faster) / steps,
    openvino: openvinoInt8 / openvinoBf16,
    /** OpenVINO's int8 by our bf16. */
    openvinoByOurs: openvinoInt8 / ours.whole,
  };
}

/** The middle of each ratio over rounds, with its interval. */
function overRounds(ratios: readonly Readonly<Record<string, number>>[]) {
  return Object.fromEntries(
    Object.keys(ratios[0]).map((name) => {
      const values = ratios.map((one) => one[name]);
      return [name, { median: median(values), interval: geometricInterval(values) }];
    }),
  );
}

/** The layers over all rounds. */
function layersOver(rounds: readonly Required<Round>[]) {
  return rounds[0].ours.layers.map(({ name, implementation, folded }, i) => ({
    name,
    implementation,
    folded,
    bf16: median(rounds.map(({ ours }) => ours.layers[i].bf16)),
    int8: implementation === null ? null : median(rounds.map(({ ours }) => ours.layers[i].int8!)),
  }));
}

/** What is told of a case. */
function told(one: Case, rounds: readonly Required<Round>[]) {
  return {
    ...one,
    rounds: rounds.map(({ ours: { whole, steps, layers }, ...peers }) => ({
      bf16: whole,
      bf16Steps: steps,
      bf16Convolutions: sum(layers.map(({ bf16 }) => bf16)),
      int8Convolutions: sum(layers.map(({ int8 }) => int8 ?? 0)),
      ...peers,
    })),
    ratios: overRounds(rounds.map(ratiosOf)),
    layers: layersOver(rounds),
  };
}

async function run(): Promise<void> {
  const start = monotonic();
  const rounds = new Map<Case, Required<Round>[]>(CASES.map((one) => [one, []]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const one of CASES) {
      if (monotonic() - start > Number(options.budget)) return;
      const found: Round = {};
      const turns = [
        async () => found.ours = await ours(one),
        async () => found.openvinoBf16 = await openVino(one, filesOf(one).plain),
        async () => found.openvinoInt8 = await openVino(one, filesOf(one).int8),
      ];
      for (const turn of round % 2 ? turns.toReversed() : turns) await turn();
      rounds.get(one)!.push(found as Required<Round>);
      note(
        options.out,
        "times",
        [...rounds].filter(([, done]) => done.length > 0).map(([one, done]) => told(one, done)),
      );
      writeError(`${Math.round(monotonic() - start)} s: ${one.model}, round ${round + 1}\n`);
    }
  }
}

/** What one thread runs for, whatever else the machine does. */
async function processor(): Promise<void> {
  const rounds = new Map<Case, { whole: number; bare: number; int8: number; rest: number }[]>();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const one of CASES) {
      const { processor, steps, layers } = await ours(one, { OMP_NUM_THREADS: "1" });
      const rest = 1 - sum(layers.map(({ bf16 }) => bf16)) / steps;
      rounds.set(one, [...rounds.get(one) ?? [], { ...processor!, rest }]);
      const told = [...rounds].map(([one, done]) => ({
        ...one,
        rounds: done,
        ratios: overRounds(done.map(({ whole, bare, int8, rest }) => ({
          convolutionsAlone: int8 / whole,
          // how much is no convolution is known by the clock only
          allConvolutions: int8 / whole + rest,
          withoutPrelus: bare / whole,
        }))),
      }));
      note(options.out, "processor time of one thread", told);
      writeError(`${one.model}, round ${round + 1}\n`);
    }
  }
}

/** The same of OpenVINO: its int8 by its bf16. */
async function peerProcessor(): Promise<void> {
  const rounds = new Map<Case, { bf16: number; int8: number }[]>();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const one of CASES) {
      const { input, plain, int8 } = filesOf(one);
      const seconds = async (file: string) =>
        Number(await child(options.python!, [pathOf("peer.py"), "time", file, input]));
      const found = { bf16: await seconds(plain), int8: await seconds(int8) };
      rounds.set(one, [...rounds.get(one) ?? [], found]);
      const told = [...rounds].map(([one, done]) => ({
        ...one,
        rounds: done,
        ratios: overRounds(done.map(({ bf16, int8 }) => ({ openvino: int8 / bf16 }))),
      }));
      note(options.out, "processor time of one thread of OpenVINO", told);
      writeError(`${one.model}, round ${round + 1}\n`);
    }
  }
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  prepare: async () => {
    for (const one of CASES) await prepare(one);
  },
  run,
  processor,
  "peer-processor": peerProcessor,
};

const chosen = COMMANDS[command];
if (!chosen || (command !== "processor" && options.python === undefined)) {
  const commands = Object.keys(COMMANDS).join("|");
  writeError(`usage: times.ts ${commands} --python PYTHON [--work DIR] [--out FILE]\n`);
  Deno.exit(2);
}
await chosen();
