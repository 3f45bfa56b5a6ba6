/**
 * Runs every script of this folder once with a tiny input: `deno task peers [--python P] [NAME...]`.
 *
 * A script whose packages the Python lacks is skipped, and which one is said; `requirements.txt` and
 * `requirements-checks.txt` have them all. The program ends with 1 where a script fails, or does not
 * say what it should.
 *
 * @module
 */

import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { writeError } from "../../src/cli/terminal.ts";

/** A script, tried. */
export interface Trial {
  /** File name of the script. */
  readonly script: string;
  /** Its arguments. */
  readonly args: (folder: string) => readonly string[];
  /** What it must print. */
  readonly says: RegExp;
  /** What makes its inputs: arguments of Stackbench, or of another script. */
  readonly first?: (folder: string) => readonly (readonly string[])[];
}

const HERE = import.meta.dirname!;
const ROOT = join(HERE, "..", "..");
const FIXTURES = join(ROOT, "fixtures");
const SCAN = join(FIXTURES, "imaging", "dicom", "plain");
const MASKS = join(FIXTURES, "imaging", "masks");
const WEIGHTS = join(FIXTURES, "weights", "vnet-small-overlap-0.safetensors");

/** Timings are of no use here: one round of everything. */
const BRIEF = ["--rounds", "1", "--threads", "1"];
const CASE = ["--cases", "vnet:small@8x16x16", "--precision", "fp32", "--repeats", "1"];

/** Every script that is started by itself; what else stands here is started or imported by them. */
export const TRIALS: readonly Trial[] = [
  {
    script: "busy_neighbours.py",
    args: () => [...CASE, ...BRIEF, "--peers", "pytorch", "--neighbours", "0,1"],
    says: /vnet:small@8x16x16 fp32 pytorch: 1 neighbours/,
  },
  {
    script: "check_contours.py",
    args: () => [SCAN, join(MASKS, "structures.dcm"), "lung"],
    says: /Dice 1$/m,
  },
  {
    script: "check_forward.py",
    args: () => ["--case", "vnet:small 8x16x16 1", "--runs", "reference:fp32,torch:fp32"],
    says: /1 cases agree, 0 do not/,
  },
  {
    script: "check_inspect.py",
    args: (folder) => [`nifti-scans=${join(folder, "odd", "nifti")}`],
    first: (folder) => [["odd_scans.py", join(folder, "odd"), "nifti"]],
    says: /scans, 0 differences without a reason/,
  },
  {
    script: "check_metrics.py",
    args: () => [join(MASKS, "labels.nii"), join(MASKS, "labels.nii")],
    says: /^(\d+) of \1 agree$/m,
  },
  {
    script: "check_segmentation.py",
    args: (folder) => [join(folder, "mask.dcm"), join(folder, "mask.nii.gz")],
    first: (folder) =>
      ["mask.dcm", "mask.nii.gz"].map((name) =>
        ["stackbench", "predict", "--model", "vnet:small", "--input", "8x16x16", "--quiet"]
          .concat("--weights", WEIGHTS, "--window", "lung", "--backend", "reference", SCAN)
          .concat("--threshold", "0.02", "--output", join(folder, name))
      ),
    says: /highdicom: the same voxels.*\nsimpleitk: the same voxels, the same place/,
  },
  {
    script: "check_training.py",
    args: () => ["--case", "vnet:small 8x16x16 1", "--backends", "reference"],
    says: /all agree/,
  },
  {
    script: "compare_decoding.py",
    args: () => [SCAN, "--rounds", "1", "--cores", "1"],
    says: /HTJ2K \{"pixels_mb"/,
  },
  {
    script: "compare_times.py",
    args: () => [...CASE, ...BRIEF, "--peers", "openvino"],
    says: /vnet:small.*openvino/,
  },
  {
    script: "compare_training_times.py",
    args: () => [...BRIEF, "--case", "vnet:small 8x16x16"],
    says: /vnet:small 8x16x16: median ratio/,
  },
  {
    script: "odd_scans.py",
    args: (folder) => [join(folder, "odd"), "codecs", "nifti"],
    says: /^$/,
  },
  {
    script: "where_time_goes.py",
    args: () =>
      ["--case", "vnet:small@8x16x16", "--precision", "fp32", "--threads", "1"]
        .concat("--repeats", "1"),
    says: /vnet:small@8x16x16 fp32, ms/,
  },
];

/** Scripts that take the Python of the peers by an option, and are run by any. */
const TAKES_PYTHON = /^(compare_(training_)?times|busy_neighbours|where_time_goes)\.py$/;

/** How a trial ended. */
interface End {
  readonly end: "ok" | "skipped" | "failed";
  /** What went wrong or is missing. */
  readonly why: string;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { python: { type: "string", default: "python3" } },
    allowPositionals: true,
  });
  let failed = 0;
  for (const trial of TRIALS) {
    if (positionals.length > 0 && !positionals.includes(trial.script)) continue;
    const { end, why } = await tried(trial, values.python);
    writeError(`${end}: ${trial.script}${why === "" ? "" : `: ${why}`}\n`);
    if (end === "failed") failed++;
  }
  Deno.exitCode = failed > 0 ? 1 : 0;
}

async function tried({ script, args, says, first }: Trial, python: string): Promise<End> {
  const folder = await Deno.makeTempDir({ prefix: "stackbench-peers-" });
  const inPython = (name: string, rest: readonly string[]) => {
    const own = TAKES_PYTHON.test(name) ? ["--python", python] : [];
    return outputOf(python, [join(HERE, name), ...rest, ...own]);
  };
  try {
    for (const [name, ...rest] of first?.(folder) ?? []) {
      const made = name === "stackbench"
        ? await outputOf(Deno.execPath(), ["task", "--quiet", "stackbench", ...rest])
        : await inPython(name, rest);
      if (made.code !== 0) return endOf(made.text, `what makes its input ended with ${made.code}`);
    }
    const { code, text } = await inPython(script, args(folder));
    if (code !== 0) return endOf(text, `it ended with ${code}`);
    if (!says.test(text.trim())) return endOf(text, `it does not say ${says}`);
    return { end: "ok", why: "" };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Skipped where a package is missing, else failed, with the last words. */
function endOf(text: string, why: string): End {
  const [, missing] = /No module named '([^'.]+)/.exec(text) ?? [];
  const own = missing !== undefined &&
    [...Deno.readDirSync(HERE)].some(({ name }) => basename(name, ".py") === missing);
  if (missing !== undefined && !own) return { end: "skipped", why: `no Python package ${missing}` };
  return { end: "failed", why: `${why}\n${text.trim().slice(-2000)}` };
}

async function outputOf(
  command: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd: ROOT,
      stdin: "null",
      env: { OMP_NUM_THREADS: "1", NO_COLOR: "1" },
    }).output();
    return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, text: `${command} is not installed` };
  }
}
