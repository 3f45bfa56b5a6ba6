/**
 * The scans of a training: read, checked, and cut into what a step takes.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import type { LoadedCase, Split } from "../datasets/mod.ts";
import type { BuiltModel } from "../models/mod.ts";
import { machineMemory } from "../platform/mod.ts";
import { type Item, sliceItems, stackItems, withForeground } from "./sampling.ts";
import { loadTrainingScan, type TrainingScan } from "./scans.ts";
import type { TrainingSettings } from "./settings.ts";

/** Scans in memory. */
export interface TrainingData {
  /** Scans to learn from. */
  readonly train: readonly TrainingScan[];
  /** Scans to validate on. */
  readonly validation: readonly TrainingScan[];
  /** Stacks or slices of the scans to learn from. */
  readonly items: readonly Item[];
  /** Those of them that hold foreground. */
  readonly foreground: readonly Item[];
  /** SHA-256 of all slices and masks as the network sees them. */
  readonly sha256: string;
}

/** Share of the free memory that scans may take. */
const MEMORY_SHARE = 0.7;

/**
 * Reads the scans of the splits `train` and `validation`.
 *
 * @param settings how stacks overlap, and what is taken of each slice
 * @param note told what was noticed of windows
 * @throws InputError for an empty split, one without foreground, scans shorter than a stack, and
 *   scans that do not fit into memory
 */
export async function loadTrainingData(
  cases: readonly LoadedCase[],
  model: BuiltModel,
  { overlap, field }: Pick<TrainingSettings, "overlap" | "field">,
  note: (message: string) => void,
  signal?: AbortSignal,
): Promise<TrainingData> {
  const { inputShape, dimensions } = model;
  const plane = [inputShape.at(-2)!, inputShape.at(-1)!] as const;
  const room = (machineMemory()?.available ?? Infinity) * MEMORY_SHARE;
  let bytes = 0;
  const load = async (split: Split): Promise<TrainingScan[]> => {
    const scans: TrainingScan[] = [];
    for (const one of cases.filter((each) => each.split === split)) {
      const scan = loadTrainingScan(one, plane, field);
      scan.warnings.forEach((text) => note(`warning: ${scan.label}: ${text}`));
      bytes += scan.image.byteLength + scan.truth.byteLength;
      if (bytes > room) throw tooLarge(scans.length, split, bytes, room);
      scans.push(scan);
      if (signal) await throwIfInterrupted(signal);
    }
    requireForeground(scans, split);
    return scans;
  };
  const train = await load("train");
  const items = dimensions === 3 ? stackItems(train, inputShape[2], overlap) : sliceItems(train);
  const validation = await load("validation");
  const hashed = [...train, ...validation].flatMap(({ image, truth }) => [image, truth]);
  const digest = sha256(`${train.length} ${validation.length}`, ...hashed);
  const foreground = withForeground(items, train);
  return { train, validation, items, foreground, sha256: digest };
}

function requireForeground(scans: readonly TrainingScan[], split: Split): void {
  if (scans.length === 0) {
    throw new InputError(`the data set has no scan in the split ${split}`, {
      advice: split === "train"
        ? "give scans to learn from the split train in the manifest"
        : "give some scans the split validation in the manifest: they choose the best weights",
    });
  }
  if (scans.every(({ truth }) => !truth.includes(1))) {
    throw new InputError(`no scan in the split ${split} has any foreground in its truth`, {
      advice: "choose other scans, or larger --input if small lesions vanish when resized",
    });
  }
}

function tooLarge(scans: number, split: Split, bytes: number, room: number): InputError {
  const giga = (size: number) => `${(size / 1e9).toFixed(1)} GB`;
  return new InputError(
    `the scans do not fit into memory: ${giga(bytes)} with scan ${scans + 1} of ${split}, where ` +
      `${giga(room)} may be taken`,
    { advice: "choose a smaller --input, or fewer scans" },
  );
}
