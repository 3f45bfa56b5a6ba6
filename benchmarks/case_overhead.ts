/**
 * What a case costs beyond its network: `deno run -A benchmarks/case_overhead.ts [--out FILE]`.
 *
 * 1. `overhead`, per model: the scopes `network`, `case` and `end_to_end` in turn over one scan in
 *    uncompressed DICOM; both of the latter as ratios to stacks (batches) x the network's median.
 * 2. `dicom`: MB of voxels a second that reading such a folder gives, wall and CPU time.
 * 3. `growth`: time and peak memory of `vnet:small` against the number of slices, each in a fresh
 *    process: how linear they are, and bytes a voxel of the scan.
 *
 * Scans are noise with a phantom's headers, written to a temporary folder; weights are random.
 *
 *     --models vnet:paper206,unet   models of `overhead`, at the sizes that they are meant for
 *     --slices 709 --plane 512x512  the scan of `overhead` and `dicom`
 *     --batch auto --precision fp32 --backend onednn
 *     --rounds 2 --repeats 3        cases a model; executions around each of them
 *     --growth 32,128,512,1000,2000 slices of `growth`
 *     --growth-plane 128x128        their size: that of the model by itself, larger ones are resized
 *     --only growth                 one part alone
 *
 * @module
 */

import { basename, isAbsolute, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { writeAtomically } from "../src/base/atomic.ts";
import {
  type BackendName,
  chooseBackend,
  type Executable,
  type Precision,
} from "../src/backends/mod.ts";
import { timeNetwork } from "../src/bench/network.ts";
import { runCase } from "../src/bench/run_case.ts";
import { openSegmenter, prepareModel, type Segmenter } from "../src/segmentation/mod.ts";
import { dicomSliceEncoder } from "../src/datasets/dicom_slice.ts";
import { phantomGrid, planPhantoms } from "../src/datasets/mod.ts";
import { readScan } from "../src/imaging/mod.ts";
import {
  cpuFacts,
  loadAverage,
  peakMemory,
  residentMemory,
  toolFacts,
} from "../src/platform/mod.ts";
import { median } from "../src/statistics/summary.ts";

const { values: options } = parseArgs({
  options: {
    models: { type: "string", default: "vnet:paper206,unet" },
    slices: { type: "string", default: "709" },
    plane: { type: "string", default: "512x512" },
    batch: { type: "string", default: "auto" },
    precision: { type: "string", default: "fp32" },
    backend: { type: "string", default: "onednn" },
    rounds: { type: "string", default: "2" },
    repeats: { type: "string", default: "3" },
    growth: { type: "string", default: "32,128,512,1000,2000" },
    "growth-plane": { type: "string", default: "128x128" },
    only: { type: "string" },
    out: { type: "string" },
    part: { type: "string" },
    model: { type: "string", default: "vnet:small" },
    folder: { type: "string", default: "" },
  },
});
const numbers = (text: string) => text.split(/[x,]/).map(Number);
const [rounds, repeats] = [options.rounds, options.repeats].map(Number);

/** Noise between air and bone, as a folder of uncompressed DICOM slices. */
async function writeScan(folder: string, slices: number, plane: readonly number[]): Promise<void> {
  const shape = [slices, plane[0], plane[1]] as const;
  const [phantom] = planPhantoms({ seed: 1, scans: 1, shape, vary: false });
  const encode = await dicomSliceEncoder(phantom, phantomGrid(phantom.parameters));
  Deno.mkdirSync(folder);
  const hu = new Int16Array(plane[0] * plane[1]);
  const none = new Uint8Array(0);
  for (let z = 0, state = 1; z < slices; z++) {
    for (let at = 0; at < hu.length; at++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      hu[at] = -1000 + (state >>> 21);
    }
    const file = `${String(z).padStart(4, "0")}.dcm`;
    Deno.writeFileSync(join(folder, file), encode({ z, hu, lesion: none, lung: none }));
  }
}

function open(name: string) {
  const backend = chooseBackend(options.backend as BackendName).factory.open();
  const request = {
    model: name,
    options: {},
    weights: null,
    batch: options.batch === "auto" ? options.batch : Number(options.batch),
    overlap: 0,
    stitching: "mean",
  } as const;
  const precision = options.precision as Precision;
  return { backend, segmenter: openSegmenter(backend, prepareModel(request, 1), precision) };
}

const caseOptions = { threshold: 0.2, maskPath: join(options.folder, "..", "mask.nii.gz") };
const scan = { image: options.folder, window: "lung" } as const;

/** A segmenter that tells how long each execution took; nothing where a device takes whole scans. */
function told(segmenter: Segmenter, seconds: number[]): Segmenter {
  const run: Executable["run"] = (inputs, outputs) => {
    const start = performance.now();
    segmenter.executable.run(inputs, outputs);
    seconds.push((performance.now() - start) / 1000);
  };
  const executable = new Proxy(segmenter.executable, {
    get(target, name) {
      const member = name === "run" ? run : Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { ...segmenter, executable };
}

/** The three scopes in turn: network, case with files around it, network, ... */
async function overhead() {
  const { backend, segmenter } = open(options.model);
  const network = () => timeNetwork(segmenter.executable, 1, { warmup: 1, repeats });
  const executions = await network();
  const cases = [];
  for (let round = 0; round < rounds; round++) {
    const inside: number[] = [];
    const run = await runCase(scan, told(segmenter, inside), caseOptions);
    const groups = run.segmentation.groups.length;
    const around = [...executions.slice(-repeats), ...await network()];
    executions.push(...around.slice(repeats));
    const floor = groups * median(around);
    cases.push({
      groups,
      caseSeconds: run.caseSeconds,
      endToEndSeconds: run.endToEndSeconds,
      phases: run.phases,
      executions: inside,
      case: run.caseSeconds / floor,
      endToEnd: run.endToEndSeconds / floor,
      // what is not the network, whatever the network's speed did meanwhile
      caseBesidesExecute: run.caseSeconds / (run.phases.execute ?? NaN),
    });
  }
  return {
    model: segmenter.model.name,
    input: segmenter.model.inputShape,
    device: backend.device,
    network: { samples: executions, median: median(executions) },
    cases,
    case: median(cases.map((one) => one.case)),
    endToEnd: median(cases.map((one) => one.endToEnd)),
    peakRss: peakMemory(),
  };
}

/** MB (10^6 bytes of voxels) a second; the first reading has everything to compile yet. */
function dicom() {
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const readings = Array.from({ length: 1 + repeats }, () => {
    const [start, cpuStart] = [performance.now(), cpu()];
    const { voxels } = readScan(options.folder);
    const megabytes = voxels.byteLength / 1e6;
    return {
      megabytes,
      perSecond: megabytes / ((performance.now() - start) / 1000),
      perCpuSecond: megabytes / (cpu() - cpuStart),
    };
  });
  const later = readings.slice(1);
  return {
    readings,
    perSecond: median(later.map(({ perSecond }) => perSecond)),
    perCpuSecond: median(later.map(({ perCpuSecond }) => perCpuSecond)),
  };
}

/** One scan in this process, and what memory it took beyond that of the model. */
async function growth() {
  const { segmenter } = open(options.model);
  await timeNetwork(segmenter.executable, 1, { warmup: 1, repeats: 1 });
  const ready = residentMemory();
  const run = await runCase(scan, segmenter, caseOptions);
  const { voxels, shape } = run.volume;
  return {
    slices: shape[0],
    voxels: voxels.length,
    storedBytes: voxels.byteLength,
    groups: run.segmentation.groups.length,
    caseSeconds: run.caseSeconds,
    endToEndSeconds: run.endToEndSeconds,
    phases: run.phases,
    readyRss: ready,
    peakRss: peakMemory(),
  };
}

/** Least squares: value = at0 + slope * x, and the largest relative distance from it. */
function line(points: readonly (readonly [x: number, y: number])[]) {
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [x, y] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const slope = mean(points.map((one) => (one[0] - x) * (one[1] - y))) /
    mean(points.map((one) => (one[0] - x) ** 2));
  const at0 = y - slope * x;
  const off = points.map((one) => Math.abs(one[1] / (at0 + slope * one[0]) - 1));
  return { at0, slope, farthest: Math.max(...off) };
}

type Growth = Awaited<ReturnType<typeof growth>>;

function summary(scans: readonly Growth[]) {
  const [first, last] = [scans[0], scans.at(-1)!];
  const voxels = last.voxels - first.voxels;
  return {
    model: options.model,
    scans,
    seconds: line(scans.map((one) => [one.slices, one.caseSeconds])),
    // the first scan has its stack padded at most: per execution is what grows
    secondsPerExecution: scans.map((one) => one.caseSeconds / one.groups),
    peakBytesPerVoxel: ((last.peakRss ?? NaN) - (first.peakRss ?? NaN)) / voxels,
    allowedBytesPerVoxel: last.storedBytes / last.voxels + 1,
  };
}

/** A part in a fresh process, with the options of this one. */
async function fresh<T>(part: string, folder: string, model: string): Promise<T> {
  const passed = ["batch", "precision", "backend", "rounds", "repeats"] as const;
  const args = [
    ...["run", "-A", "--config", new URL("../deno.json", import.meta.url).pathname],
    ...[import.meta.filename!, "--part", part, "--folder", folder, "--model", model],
    ...passed.flatMap((name) => [`--${name}`, options[name]]),
  ];
  const command = new Deno.Command(Deno.execPath(), { args, stderr: "inherit" });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`${part} of ${model} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function main(root: string) {
  const wanted = (part: string) => (options.only ?? part) === part;
  const note = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  const plane = numbers(options.plane);
  const loadBefore = loadAverage();
  const parts: Record<string, unknown> = {};
  if (wanted("overhead") || wanted("dicom")) {
    const folder = join(root, "scan");
    note(`writing ${options.slices} slices of ${options.plane}`);
    await writeScan(folder, Number(options.slices), plane);
    if (wanted("dicom")) {
      note("dicom");
      parts.dicom = await fresh("dicom", folder, options.model);
    }
    if (wanted("overhead")) {
      const models = [];
      for (const model of options.models.split(",")) {
        note(`overhead: ${model}`);
        models.push(await fresh("overhead", folder, model));
      }
      parts.overhead = models;
    }
    Deno.removeSync(folder, { recursive: true });
  }
  if (wanted("growth")) {
    const sizes = numbers(options.growth);
    const all = join(root, "all");
    note("writing the scans of growth");
    await writeScan(all, Math.max(...sizes), numbers(options["growth-plane"]));
    const scans: Growth[] = [];
    for (const size of sizes) {
      const folder = join(root, `first-${size}`);
      Deno.mkdirSync(folder);
      for (let z = 0; z < size; z++) {
        const name = `${String(z).padStart(4, "0")}.dcm`;
        Deno.symlinkSync(join(all, name), join(folder, name));
      }
      note(`growth: ${size} slices`);
      scans.push(await fresh("growth", folder, options.model));
    }
    parts.growth = summary(scans);
  }
  return {
    // no paths of this machine in a record
    command: [
      "benchmarks/case_overhead.ts",
      ...Deno.args.map((one) => isAbsolute(one) ? basename(one) : one),
    ].join(" "),
    tool: toolFacts(),
    date: new Date().toISOString().slice(0, 10),
    machine: { ...cpuFacts(), load: [loadBefore, loadAverage()] },
    ...parts,
  };
}

const PARTS: Readonly<Record<string, () => unknown>> = { overhead, dicom, growth };

async function run(): Promise<unknown> {
  if (options.part !== undefined) return await PARTS[options.part]();
  const root = Deno.makeTempDirSync({ prefix: "case-overhead-" });
  try {
    return await main(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const text = `${JSON.stringify(await run(), null, 2)}\n`;
if (options.out === undefined) Deno.stdout.writeSync(new TextEncoder().encode(text));
else writeAtomically(options.out, [text]);
