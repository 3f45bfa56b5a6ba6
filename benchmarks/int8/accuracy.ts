/**
 * What Dice int8 would lose: `deno run -A benchmarks/int8/accuracy.ts [--sets phantom,patients]
 * [--peer PYTHON] [--trained FOLDER] [--out results/int8.json]`.
 *
 * Post-training quantisation, with nothing of the scored scans in it. For each network:
 *
 * 1. ranges of all that convolutions read, over scans that the weights were trained on;
 * 2. for all layers, and for all but the first and the last: grids to the largest magnitude, or to
 *    that which 99.99 % of them do not exceed, whichever loses less on other scans of the training;
 * 3. Dice of the test scans in fp32, in bf16, and on int8 grids (`quantised_graph.ts`); what is lost
 *    is the mean over scans of fp32 minus the other, with its interval by patient.
 *
 * With `--peer`, a Python that has `requirements.txt`, NNCF quantises the ONNX export of the same
 * network with the same scans, and OpenVINO's int8 goes through the same test scans. `patients`
 * needs the folds of `stackbench train --file benchmarks/training/covid-ct-seg20.json`, in the
 * folder that `--trained` names, and is scored at the network's rows and columns.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Backend, type Executable, openBackend } from "../../src/backends/mod.ts";
import { writeOnnx } from "../../src/onnx/mod.ts";
import { writeError } from "../../src/cli/terminal.ts";
import { lossOver, overNetworks, type Scores } from "./losses.ts";
import {
  calibrate,
  diceOf,
  onGrids,
  plain,
  player,
  recorder,
  type Trained,
  trained,
  VARIANTS,
} from "./networks.ts";
import { checkRounding } from "./check_rounding.ts";
import { note } from "./record.ts";
import { foldScans, phantomScans, type Scan } from "../scans.ts";

const { values: options } = parseArgs({
  options: {
    sets: { type: "string", default: "phantom,patients" },
    peer: { type: "string" },
    trained: { type: "string", default: "out/training-covid-ct-seg20/seed-1" },
    out: { type: "string", default: "results/int8.json" },
  },
});

/** Shares of all magnitudes that grids reach to: all, or all but one in ten thousand. */
const SHARES = [1, 0.9999];

/** A network and the scans that it meets. */
interface Trial {
  /** Name of the weights. */
  readonly weights: string;
  readonly network: Trained;
  /** Scans of the training that ranges are taken of. */
  readonly calibration: readonly Scan[];
  /** Other scans of the training, by which grids are chosen. */
  readonly choice: readonly Scan[];
  /** Scans that no training saw. */
  readonly test: readonly Scan[];
}

/** The shipped weights; scans of the set that they were trained on, and of the suites' test sets. */
function* phantomTrials(): Generator<Trial> {
  const shape = [64, 128, 128] as const;
  const training = { seed: 1, scans: 240, shape, healthy: 0.1 };
  const seen = phantomScans(training, "train", 12);
  const test = [[2, 5], [101, 12]].flatMap(([seed, scans]) =>
    phantomScans({ seed, scans, shape, healthy: 0, split: "test" }, "test")
      // patients of different seeds are different people
      .map((scan) => ({ ...scan, patient: seed * 1000 + scan.patient }))
  );
  for (
    const [model, weights] of [
      ["vnet:small", "vnet-small-overlap-0.375"],
      ["unet:small", "unet-small"],
    ] as const
  ) {
    yield {
      weights,
      network: trained(model, `fixtures/weights/${weights}.safetensors`),
      calibration: seen.slice(0, 6),
      choice: seen.slice(6),
      test,
    };
  }
}

/** The folds of the study on patients. */
function* patientTrials(folder: string): Generator<Trial> {
  const scansOf = foldScans("benchmarks/data/covid-ct-seg20.json", { count: 5, seed: 1 });
  for (const kind of ["vnet", "unet"] as const) {
    for (let fold = 0; fold < 5; fold++) {
      const { train, test } = scansOf(fold);
      yield {
        weights: `${kind} fold ${fold}`,
        network: trained(
          `${kind}:small`,
          join(folder, kind, `fold-${fold}`, "best.safetensors"),
        ),
        calibration: train.slice(0, 2),
        choice: train.slice(2, 4),
        test,
      };
    }
  }
}

/** A variant with the grids that were chosen for it. */
interface Chosen {
  /** Share of all magnitudes that grids reach to. */
  readonly reaches: number;
  /** What each share lost on the scans that it was chosen by. */
  readonly tried: { readonly share: number; readonly lost: number | null }[];
  readonly dice: Scores;
}

async function run(backend: Backend, trial: Trial) {
  const { network, calibration, choice, test } = trial;
  const score = async (executable: Executable, scans: readonly Scan[]) => {
    using running = executable;
    return await diceOf(running, network.model, scans);
  };
  const before = await score(plain(backend, network, "fp32"), test);
  const bf16 = await score(plain(backend, network, "bf16"), test);
  const seen = await score(plain(backend, network, "fp32"), choice);
  const ranges = await calibrate(backend, network, calibration);
  const patients = test.map(({ patient }) => patient);
  const peer = async (python: string) => {
    const dice = await peerDice(backend, trial, python);
    return { dice, ...lossOver(before, dice, patients) };
  };
  const int8: Record<string, Chosen> = {};
  for (const variant of VARIANTS) {
    const owners = choice.map(({ patient }) => patient);
    const tried: Chosen["tried"] = [];
    for (const share of SHARES) {
      const after = await score(onGrids(backend, network, ranges, variant, share), choice);
      tried.push({ share, lost: lossOver(seen, after, owners).lost });
    }
    // the first of those that lose least
    const { share } = tried.toSorted((a, b) => (a.lost ?? Infinity) - (b.lost ?? Infinity))[0];
    const after = await score(onGrids(backend, network, ranges, variant, share), test);
    int8[`int8 ${variant}`] = {
      reaches: share,
      tried,
      dice: after,
      ...lossOver(before, after, patients),
    };
  }
  return {
    model: network.model.name,
    weights: trial.weights,
    scans: { calibration: calibration.length, choice: choice.length, test: test.length },
    patients,
    fp32: { dice: before },
    others: {
      bf16: { dice: bf16, ...lossOver(before, bf16, patients) },
      ...int8,
      ...(options.peer === undefined ? {} : { openvino: await peer(options.peer) }),
    },
  };
}

/** Dice of NNCF's int8 in OpenVINO. */
async function peerDice(backend: Backend, trial: Trial, python: string): Promise<Scores> {
  const { network, calibration, test } = trial;
  const { model, weights } = network;
  const folder = Deno.makeTempDirSync();
  try {
    const [onnx, seen, asked, given] = ["net.onnx", "seen", "asked", "given"]
      .map((name) => join(folder, name));
    writeOnnx(onnx, model.graph, weights);
    for (const [path, scans] of [[seen, calibration], [asked, test]] as const) {
      using file = Deno.openSync(path, { write: true, createNew: true });
      using recording = recorder(backend, network, file);
      await diceOf(recording, model, scans);
    }
    const script = new URL("peer.py", import.meta.url).pathname;
    const { success } = await new Deno.Command(python, {
      args: [script, "run", onnx, seen, asked, given],
    })
      .spawn().status;
    if (!success) throw new Error("the peer failed");
    using file = Deno.openSync(given);
    using playing = player(backend, network, file);
    return await diceOf(playing, model, test);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const TRIALS = {
  phantom: () => phantomTrials(),
  patients: () => patientTrials(options.trained),
};

using backend = openBackend("onednn");
checkRounding(backend);
for (const set of options.sets.split(",") as (keyof typeof TRIALS)[]) {
  const networks: Awaited<ReturnType<typeof run>>[] = [];
  for (const trial of TRIALS[set]()) {
    const found = await run(backend, trial);
    networks.push(found);
    note(options.out, `dice on ${set}`, { over: overNetworks(networks), networks });
    writeError(`${set}: ${JSON.stringify(found)}\n`);
  }
}
