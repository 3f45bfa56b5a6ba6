/**
 * Options that several commands share, and how their text is read.
 *
 * @module
 */

import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { ManifestWindow } from "../datasets/mod.ts";
import {
  type Backend,
  BACKEND_NAMES,
  type BackendName,
  PRECISIONS,
  REFERENCE,
} from "../backends/backend.ts";
import type { LoadedWeights, WeightSource } from "../graph/mod.ts";
import {
  InputError,
  InterruptedError,
  messageOf,
  MissingError,
  StackbenchError,
} from "../base/errors.ts";
import { FIELD_CHOICES } from "../imaging/field.ts";
import { DEFAULT_FILLING, FILLINGS } from "../imaging/stacks.ts";
import { DEFAULT_THRESHOLD, DEFAULT_WEIGHTING, WEIGHTINGS } from "../imaging/stitching.ts";
import { WINDOW_NAMES } from "../imaging/windowing.ts";
import { EXAMPLE_MODELS } from "../models/examples.ts";
import { writeError } from "./terminal.ts";

/** What `--model` takes, in words. */
export const MODEL_HELP = `name such as ${EXAMPLE_MODELS.stacks}`;

/** What `--window` takes, in words. */
export const WINDOW_HELP = `${WINDOW_NAMES.join(", ")}, or CENTER/WIDTH`;

/** `--backend B`. */
export function backendOption() {
  return new Option(
    "--backend <name>",
    "what computes: the fastest that is available, or one named",
  )
    .choices(["auto", ...BACKEND_NAMES]).default("auto" as const);
}

/** `--precision P`. */
export function precisionOption() {
  return new Option("--precision <name>", "element type of activations and weights")
    .choices(PRECISIONS).default("fp32" as const);
}

/** `--strip-prefix P`. */
export function stripPrefixOption() {
  return new Option(
    "--strip-prefix <text>",
    "what stands before each name of the weights, such as module.",
  ).argParser(nonEmpty);
}

/** The weights of a file; says what was done to them, unless `quiet`. */
export function weightsOf({ source, notes }: LoadedWeights, quiet?: boolean): WeightSource {
  if (!quiet) notes.forEach((note) => writeError(`note: ${note}\n`));
  return source;
}

/** `--field F`. */
export function fieldOption() {
  return new Option(
    "--field <name>",
    "what is seen of each slice: all of it, or where the lungs are",
  )
    .choices(FIELD_CHOICES);
}

/** `--overlap`, of stacks that a mask is stitched of. */
export function overlapOption() {
  return new Option("--overlap <share>", "overlap of stacks (3-D models), 0 to 0.95")
    .argParser(share).default(0);
}

/** `--stitching`. */
export function stitchingOption() {
  return new Option("--stitching <how>", "how overlapping stacks are averaged")
    .choices(WEIGHTINGS).default(DEFAULT_WEIGHTING);
}

/** `--filling`. */
export function fillingOption() {
  return new Option(
    "--filling <how>",
    "what fills stacks that reach past the end of a scan (3-D models)",
  )
    .choices(FILLINGS).default(DEFAULT_FILLING);
}

/** `--threshold`, of probabilities. */
export function thresholdOption() {
  return new Option("--threshold <p>", "probability from which on a voxel is foreground")
    .argParser(share).default(DEFAULT_THRESHOLD);
}

/** `--json`. */
export function jsonOption() {
  return new Option("--json", "facts as JSON on standard output");
}

/** `--strict`. */
export function strictOption() {
  return new Option("--strict", "end with exit code 1 where there is anything to warn of");
}

/**
 * Ends with exit code 1 where something is to be warned of and that was asked for.
 *
 * @param count of the warnings
 */
export function requireQuiet(count: number, strict: boolean | undefined): void {
  if (!strict || count === 0) return;
  throw new StackbenchError(`${count} ${count === 1 ? "warning" : "warnings"}, and --strict`, {
    advice: "mend what they say, or leave out --strict",
  });
}

/** `--quiet`. */
export function quietOption() {
  return new Option("--quiet", "no progress and no remarks on standard error");
}

/** A size in words: in KiB, from a MiB on in MiB. */
export function bytesText(bytes: number): string {
  return bytes < 2 ** 20
    ? `${Math.ceil(bytes / 2 ** 10)} KiB`
    : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** `--seed N`. */
export function seedOption() {
  return new Option("--seed <n>", "seed of everything random").argParser(wholeNumber).default(1);
}

/** Reads a name or path. */
export function nonEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("must not be empty.");
  return text;
}

/** Reads a whole number, 0 or more. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("must be a whole number.");
  return Number(text);
}

/** Reads a whole number, 1 or more. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("must be 1 or more.");
  return value;
}

/** Reads a number such as 0.375 or 1e-3. */
export function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new InvalidArgumentError("must be a number.");
  }
  return value;
}

/** Names with commas between. */
export function namesOf(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) {
    throw new InvalidArgumentError("write names with commas between, such as dice,hd95");
  }
  return names;
}

/** Reads sizes such as `32x512x512`; a single number stands for a square. */
export function sizes(text: string): number[] {
  if (!/^\d+(x\d+)*$/i.test(text)) {
    throw new InvalidArgumentError("must be sizes such as 32x512x512.");
  }
  return text.toLowerCase().split("x").map(positiveNumber);
}

/** Reads labels such as `1,2` or `lesion,Lung left`: numbers, or names that the file has. */
export function labelList(text: string): (number | string)[] {
  const labels = text.split(",").map((label) => label.trim()).filter((label) => label !== "");
  if (labels.length === 0) throw new InvalidArgumentError("must name labels, such as 1,2.");
  return labels.map((label) => /^\d{1,9}$/.test(label) ? Number(label) : label);
}

/** Reads a share, 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("must be a number from 0 to 1.");
  }
  return value;
}

/** `--form F`: which of two forms of a NIfTI file to take. */
export function formOption() {
  return new Option(
    "--form <name>",
    "where sform and qform of a NIfTI file disagree, the one to use",
  )
    .choices(["sform", "qform"] as const);
}

/** `--series S`. */
export function seriesOption() {
  return new Option("--series <which>", "series of a folder with several: its number or its UID")
    .argParser(seriesOf);
}

/** A series by its place in the list, or by its UID. */
export function seriesOf(text: string): number | string {
  return /^\d{1,4}$/.test(text) ? Number(text) : text;
}

/** `--resample`. */
export function resampleOption() {
  return new Option(
    "--resample",
    "interpolate slices that lie unevenly or lean to an even, untilted grid",
  );
}

/** Reads a window: a name, one of the metadata by number or name, or centre and width in HU. */
export function windowOf(text: string): ManifestWindow {
  const name = WINDOW_NAMES.find((one) => one === text);
  if (name !== undefined) return name;
  const [, which] = /^metadata:(.+)$/.exec(text) ?? [];
  if (which !== undefined) {
    return { metadata: /^[1-9]\d{0,3}$/.test(which) ? Number(which) : which };
  }
  const [, center, width] = /^(-?\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (center === undefined) {
    throw new InputError(`there is no window ${text}`, {
      advice: `choose ${WINDOW_NAMES.join(", ")}, another window of the file (metadata:2 or ` +
        "metadata:NAME), or centre and width such as -600/1500",
    });
  }
  return { center: Number(center), width: Number(width), function: "LINEAR" };
}

/** Whether a backend that is only correct will do where `auto` finds no fast one. */
export type Need = "any" | "fast";

/**
 * Opens the backend that was asked for and says which one it is and why, unless `quiet`. Where
 * `auto` lacks the library of the CPU, it is fetched first; where that fails, that is said, and the
 * reference backend has to do if it may.
 *
 * @throws MissingError where a fast one is needed and none can be had
 */
export async function openBackend(
  name: BackendName | "auto",
  quiet: boolean | undefined,
  need: Need = "any",
): Promise<Backend> {
  const { chooseBackend } = await import("../backends/mod.ts");
  const say = (message: string) => quiet || writeError(`${message}\n`);
  let { factory, reason } = chooseBackend(name);
  if (name === "auto" && factory.name === REFERENCE) {
    await fetchMissing(say, need);
    ({ factory, reason } = chooseBackend(name));
    if (factory.name === REFERENCE) {
      if (need === "fast") throw tooSlow(reason);
      say(`warning: the ${REFERENCE} backend is correct and slow: for small inputs only`);
    }
  }
  say(`backend ${factory.name}: ${reason}`);
  return factory.open();
}

async function fetchMissing(say: (message: string) => void, need: Need): Promise<void> {
  const { FETCHED_ALWAYS, LIBRARIES, namedByUser, searchLibrary } = await import(
    "../platform/mod.ts"
  );
  for (const { key, fetch } of FETCHED_ALWAYS) {
    const { found, problem } = searchLibrary(key);
    if (found) continue;
    const { name } = LIBRARIES[key];
    try {
      // what is fetched would not be used
      if (namedByUser(key)) throw new MissingError(problem);
      say(`${name} is not on this machine: fetching it, once`);
      await fetch(say);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      const advice = error instanceof MissingError ? error.advice : undefined;
      if (need === "fast") throw tooSlow(`there is no ${name}: ${messageOf(error)}`, advice, error);
      say(`warning: there is no ${name}: ${messageOf(error)}`);
      if (advice) say(`  ${advice}`);
    }
  }
}

function tooSlow(why: string, advice?: string, cause?: unknown): MissingError {
  return new MissingError(`no fast backend is there: ${why}`, {
    cause,
    advice: `${advice ?? "`stackbench doctor` says what helps"}; or ask for the slow one by name ` +
      `(--backend ${REFERENCE})`,
  });
}
