/**
 * From each version of the results schema to the next.
 *
 * Migrations see JSON that nobody has checked yet: what is not where it should be stays as it is,
 * and the schema of the newest version says what is wrong.
 *
 * @module
 */

/** A step from one version to the next. */
export type Migration = (file: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Steps of `stackbench/run-result`, by the version that they begin with. */
export const RUN_RESULT_MIGRATIONS: ReadonlyMap<number, Migration> = new Map([[1, toVersion2]]);

/** Steps of `stackbench/gpu-check`. */
export const GPU_CHECK_MIGRATIONS: ReadonlyMap<number, Migration> = new Map([[1, checkToVersion2]]);

/** Stands for every element of an array in a path. */
const EACH = "*";

/** What names 3-D and 2-D models in a pair. */
const PAIR_NAMES = { solid: "volumetric", flat: "planar" };
/** What holds the clocks of a GPU down. */
const STATE_NAMES = { heldDownBy: "throttleReasons" };

function toVersion2(file: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { schema, version: _, ...rest } = file;
  const pairs = at(rest, ["statistics", "pairs", EACH], renamed(PAIR_NAMES));
  const before = at(pairs, ["timing", "device", EACH, "before"], renamed(STATE_NAMES));
  const after = at(before, ["timing", "device", EACH, "after"], renamed(STATE_NAMES));
  const timed = at(after, ["timing", "inference", EACH], inOneProcess);
  const noted = at(timed, ["dataset", "cases", EACH], withNotes);
  const told = at(noted, ["warnings", EACH], (one) => ({
    ...one,
    code: WARNING_CODES[String(one.code)] ?? one.code,
  }));
  const warned = at(told, ["timing"], (timing) => ({ ...timing, warnings: [] }));
  return { schema, version: 2, minor: 0, ...warned, failures: [] };
}

/** Codes of warnings that have another name now. */
const WARNING_CODES: Readonly<Record<string, string>> = {
  "few-repeats": "few-processes",
  "held-down": "throttled",
};

/** Version 1 told the kind and rule of a note in one text. */
function withNotes(scan: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (!Array.isArray(scan.notes)) return scan;
  const notes = scan.notes.map((note) => {
    const [, kind, rule] = /^(\w+): (.*)$/.exec(String(note)) ?? [];
    return kind === undefined ? note : { kind, rule, message: rule };
  });
  return { ...scan, notes };
}

/** Samples of version 1 came from one process, and the interval was over them. */
function inOneProcess(timing: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { samples, ...rest } = timing;
  if (!Array.isArray(samples)) return rest;
  const { median, peakRss = null } = rest;
  const process = { samples: samples.map((seconds) => ({ seconds })), median, peakRss };
  const intervalReason = "from one process: repeats inside it are no independent measurements";
  return { ...rest, processes: [process], interval: null, intervalReason };
}

function checkToVersion2(file: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const state = ["parts", EACH, "result", "state"];
  const before = at(file, [...state, "before"], renamed(STATE_NAMES));
  const after = at(before, [...state, "after"], renamed(STATE_NAMES));
  return { ...after, version: 2 };
}

type Change = (value: Record<string, unknown>) => Record<string, unknown>;

/** A value with the objects at a path changed; where there is none, nothing is. */
function at<T>(value: T, [step, ...rest]: readonly string[], change: Change): T {
  if (step === undefined) return isRecord(value) ? change(value) as T : value;
  if (step === EACH) {
    return Array.isArray(value) ? value.map((one) => at(one, rest, change)) as T : value;
  }
  if (!isRecord(value) || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: at(value[step], rest, change) };
}

/** Gives keys other names; all stay in their order. */
function renamed(names: Readonly<Record<string, string>>): Change {
  return (value) =>
    Object.fromEntries(Object.entries(value).map(([key, one]) => [names[key] ?? key, one]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
