/**
 * Options that several commands share, and how their text is read.
 *
 * @module
 */

import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { ManifestWindow } from "../datasets/mod.ts";
import { type Backend, type BackendName, PRECISIONS } from "../backends/backend.ts";
import { InputError, InterruptedError, messageOf, MissingError } from "../base/errors.ts";
import { FIELD_CHOICES } from "../imaging/field.ts";
import { writeError } from "./terminal.ts";

const BACKEND_NAMES = ["auto", "cudnn", "onednn", "reference"] as const;

/** `--backend B`. */
export function backendOption() {
  return new Option(
    "--backend <name>",
    "what computes: the fastest that is available, or one named",
  )
    .choices(BACKEND_NAMES).default("auto" as const);
}

/** `--precision P`. */
export function precisionOption() {
  return new Option("--precision <name>", "element type of activations and weights")
    .choices(PRECISIONS).default("fp32" as const);
}

/** `--field F`. */
export function fieldOption() {
  return new Option(
    "--field <name>",
    "what is seen of each slice: all of it, or where the lungs are",
  )
    .choices(FIELD_CHOICES);
}

/** `--json`. */
export function jsonOption() {
  return new Option("--json", "facts as JSON on standard output");
}

/** `--quiet`. */
export function quietOption() {
  return new Option("--quiet", "no progress and no remarks on standard error");
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

/** Reads sizes such as `32x512x512`; a single number stands for a square. */
export function sizes(text: string): number[] {
  if (!/^\d+(x\d+)*$/i.test(text)) {
    throw new InvalidArgumentError("must be sizes such as 32x512x512.");
  }
  return text.toLowerCase().split("x").map(positiveNumber);
}

/** Reads a window: a name, or centre and width in HU. */
export function windowOf(text: string): ManifestWindow {
  if (text === "metadata" || text === "lung" || text === "mediastinal" || text === "none") {
    return text;
  }
  const [, center, width] = /^(-?\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (center === undefined) {
    throw new InputError(`there is no window ${text}`, {
      advice: "choose metadata, lung, mediastinal, none, or centre and width such as -600/1500",
    });
  }
  return { center: Number(center), width: Number(width), function: "LINEAR" };
}

/**
 * Opens the backend that was asked for and says which one it is and why, unless `quiet`. Where
 * `auto` lacks oneDNN, it is fetched first; where that fails, that is said and the reference
 * backend has to do.
 */
export async function openBackend(
  name: BackendName | "auto",
  quiet: boolean | undefined,
): Promise<Backend> {
  const { chooseBackend } = await import("../backends/mod.ts");
  const say = (message: string) => quiet || writeError(`${message}\n`);
  let { factory, reason } = chooseBackend(name);
  if (name === "auto" && factory.name === "reference") {
    await fetchMissing(say);
    ({ factory, reason } = chooseBackend(name));
  }
  say(`backend ${factory.name}: ${reason}`);
  return factory.open();
}

async function fetchMissing(say: (message: string) => void): Promise<void> {
  const { fetchOneDnn, namedByUser, searchLibrary } = await import("../platform/mod.ts");
  const { found, problem } = searchLibrary("onednn");
  if (found) return;
  try {
    // what is fetched would not be used
    if (namedByUser("onednn")) throw new MissingError(problem);
    say("oneDNN is not on this machine: fetching it, once");
    await fetchOneDnn(say);
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    say(`warning: there is no oneDNN: ${messageOf(error)}`);
    if (error instanceof MissingError && error.advice) say(`  ${error.advice}`);
    say("  the reference backend runs instead: correct, slow, for small inputs only");
  }
}
