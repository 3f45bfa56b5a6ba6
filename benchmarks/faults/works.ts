/**
 * Commands to be disturbed: small ones, that end with the same files each time.
 *
 * @module
 */

import { basename, join } from "node:path";
import { seededWeights } from "../../src/graph/weights.ts";
import { buildModel } from "../../src/models/mod.ts";
import { tensor, writeSafetensors } from "../../src/tensor/mod.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const MAIN = join("src", "cli", "main.ts");
const TINY = ["--backend", "reference"];

/** A command that can be disturbed. */
export interface Work {
  /** Name of the command, and of its report. */
  readonly name: string;
  /** Its arguments. What it writes goes to a folder, whose path from the workplace is given. */
  readonly args: (out: string) => readonly string[];
  /** What is added to go on after it was disturbed. */
  readonly goOn: readonly string[];
  /** Files that may be there and not yet as they will be, since they grow. */
  readonly grows?: RegExp;
  /** Whether what it prints is its result. */
  readonly prints?: boolean;
  /** Makes ready what it finds. */
  readonly prepare?: (place: Workplace, out: string) => void;
  /** The program (default: this checkout's). */
  readonly program?: (place: Workplace) => string;
  /** Folder that it is started in (default: the workplace). */
  readonly folder?: (place: Workplace) => string;
  /** Folder of what it writes, where that is not `out`. */
  readonly target?: (place: Workplace) => string;
  /** What is still amiss when it has ended, in words. */
  readonly amiss?: (place: Workplace) => readonly string[];
}

const SCANS = "inputs/scans";
const IMAGE = `${SCANS}/images/p001-1.nii.gz`;
const TRUTH = `${SCANS}/truth/p001-1.nii.gz`;
const MODEL = ["--model", "unet:small", "--weights", "inputs/w.safetensors"];
const makeFolder = ({ top }: Workplace, out: string) =>
  Deno.mkdirSync(join(top, out), { recursive: true });

/** All of them. */
export const WORKS: readonly Work[] = [
  {
    name: "run",
    args: (out) => ["run", "--suite", "inputs/tiny.json", "--out", out, ...TINY],
    goOn: ["--resume"],
    grows: /result\.json$/,
  },
  {
    name: "train",
    args: (out) =>
      ["train", "--model", "vnet:small", "--data", `${SCANS}/manifest.json`]
        .concat(["--input", "8x16x16", "--epochs", "3", "--steps", "2", "--out", out, ...TINY]),
    goOn: ["--resume"],
    grows: /(checkpoint|best)\.safetensors$|index\.html$/,
  },
  {
    name: "merge",
    args: (out) => ["merge", "inputs/shards", "--out", out],
    goOn: ["--overwrite"],
  },
  {
    name: "report",
    args: (
      out,
    ) => ["report", "inputs/run/result.json", "--data", `${SCANS}/manifest.json`, "--out", out],
    goOn: [],
  },
  {
    name: "predict",
    args: (out) =>
      ["predict", ...MODEL, "--input", "32x32", IMAGE, "--window", "lung"]
        .concat(["--output", `${out}/m.nii.gz`, ...TINY]),
    goOn: [],
    prepare: makeFolder,
  },
  {
    name: "forward",
    args: (out) =>
      ["forward", ...MODEL, "--input", "inputs/x.safetensors"]
        .concat(["--output", `${out}/y.safetensors`, ...TINY]),
    goOn: [],
    prepare: makeFolder,
  },
  {
    name: "export",
    args: (out) => ["export", ...MODEL, "--input", "32x32", "--onnx", `${out}/net.onnx`],
    goOn: [],
    prepare: makeFolder,
  },
  {
    name: "compare",
    args: (out) =>
      ["compare", "inputs/result.json", "--by", "model", "--format", "markdown"]
        .concat(["--out", `${out}/table.md`]),
    goOn: [],
    prepare: makeFolder,
  },
  {
    name: "phantom",
    args: (out) => ["data", "phantom", "--scans", "10", "--shape", "16x16x16", "--out", out],
    goOn: [],
  },
  {
    name: "phantom-dicom",
    args: (out) =>
      ["data", "phantom", "--scans", "10", "--shape", "16x16x16", "--format", "dicom"]
        .concat(["--out", out]),
    goOn: [],
  },
  {
    name: "manifest",
    args: (out) => ["data", "manifest", out],
    goOn: ["--force"],
    prepare: ({ top }, out) => {
      for (const [from, to] of [[IMAGE, "p001_ct.nii.gz"], [TRUTH, "p001_mask.nii.gz"]]) {
        Deno.mkdirSync(join(top, out), { recursive: true });
        Deno.copyFileSync(join(top, from), join(top, out, to));
      }
    },
  },
  {
    name: "evaluate",
    args: () => ["evaluate", "--truth", TRUTH, "--prediction", TRUTH],
    goOn: [],
    prints: true,
  },
  { name: "inspect", args: () => ["inspect", "inputs/dicom"], goOn: [], prints: true },
  {
    name: "setup",
    args: () => ["setup"],
    goOn: [],
    program: ({ top }) => join(top, "house", MAIN),
    target: ({ top }) => join(top, "house", ".stackbench"),
    prepare: ({ top }) => removeIfThere(join(top, "house", ".stackbench")),
  },
  {
    name: "gate",
    args: (out) =>
      ["gate", "--base", "HEAD", "--new", ".", "--layers", "facts", "--models", "unet:small"]
        .concat(["--suite", "quick", "--also", `json=../${out}/gate.json`, ...TINY]),
    goOn: [],
    prepare: makeFolder,
    folder: ({ top }) => join(top, "repository"),
    amiss: ({ top }) => checkoutsOf(join(top, "repository")).slice(1),
  },
];

/** Where commands are disturbed. */
export interface Workplace extends Disposable {
  /** Its folder, without links. */
  readonly top: string;
  /** How a command is started. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Makes the inputs of commands.
 *
 * @param names those that are made ready
 */
export async function openWorkplace(names: readonly string[]): Promise<Workplace> {
  const top = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "workplace-" }));
  const place: Workplace = {
    top,
    environment: {
      NO_COLOR: "1",
      OMP_NUM_THREADS: "1",
      TMPDIR: join(top, "tmp"),
      // Deno's own cache stays where it is, with the packages
      DENO_DIR: denoFolder(),
      XDG_CACHE_HOME: join(top, "cache"),
      PATH: `${join(top, "bin")}:${Deno.env.get("PATH")}`,
    },
    [Symbol.dispose]: () => Deno.removeSync(top, { recursive: true }),
  };
  for (const name of ["inputs", "tmp", "bin"]) Deno.mkdirSync(join(top, name));
  makeWeights(join(top, "inputs"));
  Deno.copyFileSync(join(ROOT, "results/quick-phantom.json"), join(top, "inputs/result.json"));
  Deno.writeTextFileSync(join(top, "inputs/tiny.json"), TINY_SUITE);
  const scans = ["data", "phantom", "--scans", "10", "--shape", "16x16x16", "--out"];
  if (names.some((name) => WITH_SCANS.includes(name))) await finish(place, [...scans, SCANS]);
  if (names.includes("inspect")) {
    await finish(place, [...scans, "inputs/series", "--format", "dicom"]);
    Deno.renameSync(join(top, "inputs/series/images/p001-1"), join(top, "inputs/dicom"));
  }
  const run = ["run", "--suite", "inputs/tiny.json", ...TINY, "--out"];
  if (names.includes("report")) await finish(place, [...run, "inputs/run"]);
  if (names.includes("merge")) {
    for (const shard of ["1/2", "2/2"]) {
      await finish(place, [...run, "inputs/shards", "--shard", shard]);
    }
  }
  if (names.includes("setup")) await makeHouse(top);
  if (names.includes("gate")) await makeRepository(top);
  return place;
}

/** Where Deno keeps packages. */
function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

/** Works that read scans. */
const WITH_SCANS = ["run", "train", "merge", "report", "predict", "manifest", "evaluate"];

const TINY_SUITE = JSON.stringify({
  schema: "stackbench/suite",
  version: 1,
  name: "tiny",
  dataset: { manifest: "scans/manifest.json" },
  models: [{ model: "vnet:small", input: [8, 16, 16] }],
  timing: { warmup: 0, repeats: 1, processes: 1 },
});

function makeWeights(folder: string): void {
  const { graph } = buildModel("unet:small", { spatial: [32, 32] });
  const source = seededWeights(graph, 4);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  const weights = new Map(names.map((name) => [name, source(name)]));
  writeSafetensors(join(folder, "w.safetensors"), weights);
  const pixels = tensor("f32", [1, 3, 32, 32], new Float32Array(3 * 32 * 32));
  writeSafetensors(join(folder, "x.safetensors"), new Map([["input", pixels]]));
}

/** A checkout without libraries, and a python3 whose pip has the wheel already. */
async function makeHouse(top: string): Promise<void> {
  const { ONEDNN } = await import("../../src/platform/fetch.ts");
  const wheels = join(top, "wheels");
  await succeed(
    "python3",
    ["-m", "pip", "download", "--quiet", "--no-deps"]
      .concat(["--only-binary=:all:", "--dest", wheels, ONEDNN.requirement]),
  );
  Deno.mkdirSync(join(top, "house"));
  for (const name of ["src", "native", "deno.json", "deno.lock"]) {
    Deno.symlinkSync(join(ROOT, name), join(top, "house", name));
  }
  const dest = 'while [ "$1" != --dest ]; do shift; done; dest=$2';
  Deno.writeTextFileSync(
    join(top, "bin", "python3"),
    `#!/bin/sh\n${dest}\n: > "$dest/half"; sleep 0.3; exec cp "${wheels}"/*.whl "$dest/"\n`,
    { mode: 0o755 },
  );
}

/** A repository with this program as it is here, committed. */
async function makeRepository(top: string): Promise<void> {
  const folder = join(top, "repository");
  copyTracked(
    folder,
    /^(src|native|benchmarks\/suites|fixtures\/weights)\/|^(deno\.(json|lock)|mod\.ts)$/,
  );
  const author = ["-c", "user.name=faults", "-c", "user.email=faults@example.org"];
  const git = (...args: string[]) => succeed("git", ["-C", folder, ...author, ...args]);
  await git("init", "--quiet");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "as it is");
}

/** Copies files of this checkout that git knows, or would. */
function copyTracked(folder: string, needed: RegExp): void {
  const { stdout } = new Deno.Command("git", {
    args: ["-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
  }).outputSync();
  const files = new TextDecoder().decode(stdout).split("\n").filter((file) => needed.test(file));
  for (const file of files) {
    Deno.mkdirSync(join(folder, file, ".."), { recursive: true });
    Deno.copyFileSync(join(ROOT, file), join(folder, file));
  }
}

/** Checkouts that a repository knows of, its own first. */
function checkoutsOf(repository: string): string[] {
  const { stdout } = new Deno.Command("git", {
    args: ["-C", repository, "worktree", "list", "--porcelain"],
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.startsWith("worktree ")).map((line) => `git knows a ${line}`);
}

async function succeed(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
}

/** Removes a file, or a folder with all that is in it. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** A command that was started. */
export function start(
  place: Workplace,
  args: readonly string[],
  { program = join(ROOT, MAIN), folder = place.top, environment = {} }: {
    readonly program?: string;
    readonly folder?: string;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", program, ...args],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { ...place.environment, ...environment },
  }).spawn();
}

/** How a started command ends. */
export async function endOf(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), error: text(stderr) };
}

/** Starts a work into a folder. */
export function startWork(
  place: Workplace,
  { args, program, folder }: Work,
  out: string,
  { more = [], environment }: {
    readonly more?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Deno.ChildProcess {
  return start(place, [...args(out), ...more], {
    program: program?.(place),
    folder: folder?.(place),
    environment,
  });
}

/** What a work left in its folder, and beside it. */
export function targetOf(place: Workplace, { target }: Work, out: string): string {
  return target?.(place) ?? join(place.top, out);
}

/** Paths of what lies among temporary files. */
export function temporaryOf({ top }: Workplace): string[] {
  return [...Deno.readDirSync(join(top, "tmp"))].map(({ name }) => join(top, "tmp", name));
}

/** What is amiss beside what a work leaves: temporary folders, checkouts. */
export function litterOf(place: Workplace, { amiss }: Work): string[] {
  return [
    ...temporaryOf(place).map((path) =>
      `${basename(path).replace(/[0-9a-f]{8,}$/, "…")} is left among temporary files`
    ),
    ...amiss?.(place) ?? [],
  ];
}

async function finish(place: Workplace, args: readonly string[]): Promise<void> {
  const { code, error } = await endOf(start(place, args));
  if (code !== 0) throw new Error(`${args.join(" ")}: ${error}`);
}
