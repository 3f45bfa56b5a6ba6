/**
 * Warnings: facts of a run that a reader must know before believing its numbers.
 *
 * The set of codes is closed and documented (docs/results.md). What depends on what was asked for
 * stands in `warnings`; what depends on the moment, such as other programs on the machine, in
 * `timing.warnings`, so that the same inputs still give the same bytes outside of timing.
 *
 * @module
 */

import type {
  CaseRecord,
  InferenceTiming,
  ModelRecord,
  RunResult,
  TimingRecord,
  WarningRecord,
} from "./records.ts";

/** What a code means, and what to do. */
interface WarningKind {
  /** What it is about, in one line. */
  readonly about: string;
  /** What to do about it. */
  readonly advice: string;
}

/** Every kind of warning, by its code. */
export const WARNINGS = {
  "random-weights": {
    about: "a model ran with weights drawn from the seed",
    advice: 'name trained weights in the suite ("weights": "file.safetensors")',
  },
  "reference-backend": {
    about: "the backend that defines what is right ran, which is not fast",
    advice: "run `stackbench setup` to get the library that is",
  },
  "converted-weights": {
    about: "weights are stored in another type than they are computed with",
    advice: "nothing, where that was meant",
  },
  failed: {
    about: "a model gave numbers that are not finite: it has no mask of that scan",
    advice: "look at the weights, and try --precision fp32",
  },
  ingest: {
    about: "a scan was read in a way that one should know of",
    advice: "look at it with `stackbench inspect`",
  },
  window: {
    about: "the window of a scan hides something, or is not one",
    advice: "name a window preset such as lung",
  },
  field: {
    about: "no lungs were found in a scan that was to be seen at its lungs",
    advice: "look at its mask; if the scan holds no lungs, choose the field whole",
  },
  "same-voxels": {
    about: "two scans hold the same voxels",
    advice:
      "leave one of them out of the manifest: the same scan counts twice, or was learned from",
  },
  "few-processes": {
    about: "times come from too few processes for an interval that says much",
    advice: "raise timing.processes in the suite, or --processes",
  },
  "threads-above-cores": {
    about: "more threads compute than there are cores to run them",
    advice: "set OMP_NUM_THREADS to the cores that the process may use",
  },
  "mixed-machines": {
    about: "parts of the run were done by machines that differ",
    advice:
      "masks may differ in single voxels from those of one machine: where every bit counts, " +
      "run all parts on machines of one kind",
  },
  "dirty-commit": {
    about: "files of the checkout differ from its commit",
    advice: "commit them, so that others can run the same",
  },
  "unknown-commit": {
    about: "the commit of the checkout could not be read",
    advice: "run from a git checkout, with git installed",
  },
  "busy-machine": {
    about: "other programs kept cores busy",
    advice: "end them, or run again when the machine is quiet",
  },
  "stolen-time": {
    about: "the machine below this virtual one ran something else",
    advice: "run on a machine of its own, or again at another time",
  },
  "clock-changed": {
    about: "the clock of the processor changed while something was timed",
    advice: "fix the clock (performance governor, no turbo), or run again when the machine is cool",
  },
  outlier: {
    about: "some timed runs are far from the others",
    advice: "look at their place among the samples; medians are hardly moved by them",
  },
  throttled: {
    about: "the clocks of the GPU were held down",
    advice: "its times are longer than the GPU can do: cool it, or end other programs on it",
  },
} as const satisfies Readonly<Record<string, WarningKind>>;

/** Code of a warning. */
export type WarningCode = keyof typeof WARNINGS;

/** A warning with the advice of its kind. */
export function warning(code: WarningCode, message: string): WarningRecord {
  return { code, message, advice: WARNINGS[code].advice };
}

/** Warnings, each once, in the order of their kinds: whatever was noticed first. */
export function inOrder(warnings: readonly WarningRecord[]): WarningRecord[] {
  const codes = Object.keys(WARNINGS);
  const rank = ({ code, message }: WarningRecord) =>
    `${String(codes.indexOf(code)).padStart(3, "0")} ${message}`;
  return [...new Map(warnings.map((one) => [rank(one), one])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Processes below which an interval says little. */
const ENOUGH_PROCESSES = 5;

/** Codes of the warnings that `factWarnings` gives. */
const OF_FACTS: readonly WarningCode[] = [
  "unknown-commit",
  "dirty-commit",
  "threads-above-cores",
  "random-weights",
  "same-voxels",
  "few-processes",
];

/** Whether a warning follows from the records of a run, so that it need not be kept beside them. */
export function isOfFacts(code: WarningCode): boolean {
  return OF_FACTS.includes(code);
}

/** Warnings of what was asked for, and of what is the same in every run of it. */
export function factWarnings(
  { tool, environment, models, dataset, timing }:
    & Pick<RunResult, "tool" | "environment" | "models">
    & {
      readonly dataset: Pick<RunResult["dataset"], "cases">;
      readonly timing: Pick<TimingRecord, "inference">;
    },
): WarningRecord[] {
  const { backend, cpu } = environment;
  return [
    ...(tool.commit === null
      ? [warning("unknown-commit", "the commit of this stackbench is not known")]
      : tool.commit.endsWith("-dirty")
      ? [warning("dirty-commit", "files of this stackbench differ from its commit")]
      : []),
    ...(backend.device === "cpu" && backend.threads > cpu.cores
      ? [warning(
        "threads-above-cores",
        `${backend.threads} threads compute where ${cpu.cores} cores may be used`,
      )]
      : []),
    ...modelWarnings(models),
    ...sameVoxels(dataset.cases),
    ...fewProcesses(timing.inference),
  ];
}

function modelWarnings(models: readonly ModelRecord[]): WarningRecord[] {
  return models.some(({ weights }) => weights.source === "seeded-random")
    ? [warning(
      "random-weights",
      "a model ran with seeded random weights: its masks mean nothing, its times do",
    )]
    : [];
}

/** Scans that are one and the same, by the hash of their voxels. */
function sameVoxels(cases: readonly CaseRecord[]): WarningRecord[] {
  const byHash = new Map<string, CaseRecord[]>();
  for (const one of cases) {
    byHash.set(one.voxelsSha256, [...byHash.get(one.voxelsSha256) ?? [], one]);
  }
  return [...byHash.values()].filter((same) => same.length > 1).map((same) => {
    const named = same.map(({ index, id, split }) => `${id ?? index} (${split})`).join(", ");
    return warning("same-voxels", `the scans ${named} hold the same voxels`);
  });
}

function fewProcesses(inference: readonly InferenceTiming[]): WarningRecord[] {
  const fewest = Math.min(...inference.map(({ processes }) => processes.length));
  if (!(fewest < ENOUGH_PROCESSES)) return [];
  const message = fewest === 1
    ? "times come from one process each: they have no intervals"
    : `times come from ${fewest} processes each: intervals are wide or missing`;
  return [warning("few-processes", message)];
}

/** From these on it is said. */
const LIMITS = {
  /** Cores that others kept busy. */
  others: 0.25,
  /** Share of time that was stolen. */
  stolen: 0.02,
  /** Change of the clock. */
  clock: 0.1,
  /** Load average at the start, as a share of the cores. */
  load: 0.5,
  /** Robust deviations from the median, and the share of it, that make an outlier. */
  deviations: 6,
  share: 1.3,
} as const;

/** Warnings of the moment in which something was timed. */
export function momentWarnings(
  { inference, device = [] }: Pick<TimingRecord, "inference" | "device">,
  { loadAverage }: Pick<RunResult["volatile"], "loadAverage">,
  cores: number,
): WarningRecord[] {
  if (inference.length === 0) return [];
  const processes = inference.flatMap((one) => one.processes);
  const most = (of: (one: typeof processes[number]) => number | undefined) =>
    Math.max(0, ...processes.flatMap((one) => of(one) ?? []));
  const [others, stolen] = [most((one) => one.others), most((one) => one.stolen)];
  const clock = most((one) => one.clockRatio && Math.abs(one.clockRatio - 1));
  return [
    ...(loadAverage !== null && loadAverage > LIMITS.load * cores
      ? [warning(
        "busy-machine",
        `the load average was ${loadAverage.toFixed(2)} on ${cores} cores when the run started`,
      )]
      : []),
    ...(others > LIMITS.others
      ? [warning(
        "busy-machine",
        `other programs kept up to ${others.toFixed(2)} cores busy while models were timed`,
      )]
      : []),
    ...(stolen > LIMITS.stolen
      ? [warning("stolen-time", `up to ${percent(stolen)} of the processor's time was stolen`)]
      : []),
    ...(clock > LIMITS.clock
      ? [warning("clock-changed", `the processor's clock changed by up to ${percent(clock)}`)]
      : []),
    ...inference.flatMap(outliers),
    ...device.flatMap(({ model, before, after }) => {
      const reasons = [...new Set([...before.throttleReasons, ...after.throttleReasons])];
      return reasons.length === 0 ? [] : [warning(
        "throttled",
        `the clocks of the GPU were held down while ${model} was timed: ${reasons.join(", ")}`,
      )];
    }),
  ];
}

/** One warning of a model and scope whose runs were not all alike, with the worst of them. */
function outliers({ model, scope, processes }: InferenceTiming): WarningRecord[] {
  const runs = processes.flatMap(({ samples }, process) =>
    samples.map(({ seconds }, run) => ({ seconds, process: process + 1, run: run + 1 }))
  );
  const middle = middleOf(runs.map(({ seconds }) => seconds));
  const spread = 1.4826 * middleOf(runs.map(({ seconds }) => Math.abs(seconds - middle)));
  const far = runs.filter(({ seconds }) =>
    seconds > middle + LIMITS.deviations * spread && seconds > LIMITS.share * middle
  ).sort((x, y) => y.seconds - x.seconds);
  if (far.length === 0) return [];
  const [{ seconds, process, run }] = far;
  return [warning(
    "outlier",
    `${model}, ${scope}: ${far.length} of ${runs.length} runs are far from the others; run ${run} ` +
      `of process ${process} took ${seconds.toPrecision(3)} s where the median is ` +
      `${middle.toPrecision(3)} s`,
  )];
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
