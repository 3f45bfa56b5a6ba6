/**
 * Options that several commands share, and how their text is read.
 *
 * @module
 */

import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { Backend, BackendName, Precision } from "../backends/backend.ts";
import { writeError } from "./terminal.ts";

const BACKEND_NAMES = ["auto", "onednn", "reference"] as const;
const PRECISIONS = ["fp32", "bf16", "fp64"] as const satisfies readonly Precision[];

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

/** Reads sizes such as `32x512x512`; a single number stands for a square. */
export function sizes(text: string): number[] {
  if (!/^\d+(x\d+)*$/i.test(text)) {
    throw new InvalidArgumentError("must be sizes such as 32x512x512.");
  }
  return text.toLowerCase().split("x").map(positiveNumber);
}

/**
 * Opens the backend that was asked for and says which one it is and why, unless `quiet`. What
 * `auto` would want but lacks is fetched first, and that is said too.
 */
export async function openBackend(
  name: BackendName | "auto",
  quiet: boolean | undefined,
): Promise<Backend> {
  const { chooseBackend } = await import("../backends/mod.ts");
  const { factory, reason } = chooseBackend(name);
  if (!quiet) writeError(`backend ${factory.name}: ${reason}\n`);
  return factory.open();
}
