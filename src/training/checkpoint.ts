/**
 * Checkpoints: all that is needed to go on with a training as if it had not stopped.
 *
 * A checkpoint is one safetensors file: weights and moments as tensors, position and best as
 * metadata. What is drawn at random depends on the seed and the step only, so the step is the
 * state of the generators too.
 *
 * @module
 */

import * as z from "zod";
import { differenceText, firstDifference } from "../base/difference.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { sameShape } from "../base/shapes.ts";
import { readSafetensors, type Tensor, tensor, writeSafetensors } from "../tensor/mod.ts";
import { asFloat32 } from "../tensor/tensor.ts";
import type { TrainingState, WeightState } from "./state.ts";

const PARTS = ["weights", "mean", "square"] as const satisfies readonly (keyof WeightState)[];

const position = z.strictObject({
  schema: z.literal("stackbench/checkpoint"),
  version: z.literal(1),
  training: z.string(),
  settings: z.record(z.string(), z.unknown()).default({}),
  threads: z.int().min(1).optional(),
  step: z.int().min(0),
  lossSum: z.number(),
  best: z.strictObject({ epoch: z.int().min(1), dice: z.number() }).nullable(),
});

/** What a training is, and no other. */
export interface TrainingIdentity {
  /** SHA-256 of settings, graph and data, which another training does not share. */
  readonly sha256: string;
  /** The settings that make it another training. */
  readonly settings: object;
  /** Threads that it computes with: another number rounds otherwise. */
  readonly threads: number;
}

/**
 * Writes a checkpoint, whole or not at all.
 *
 * @throws InputError when it cannot be written
 */
export function writeCheckpoint(
  path: string,
  state: TrainingState,
  { sha256: training, settings, threads }: TrainingIdentity,
): void {
  const tensors = new Map<string, Tensor>();
  for (const [name, one] of state.weights) {
    for (const part of PARTS) {
      const data = one[part];
      tensors.set(`${part}/${name}`, tensor("f32", data.length === 0 ? [0] : one.shape, data));
    }
  }
  const { step, lossSum, best } = state;
  const place: z.infer<typeof position> = {
    schema: "stackbench/checkpoint",
    version: 1,
    training,
    settings: { ...settings },
    threads,
    step,
    lossSum,
    best,
  };
  writeSafetensors(path, tensors, { checkpoint: JSON.stringify(place) });
}

/**
 * Goes back to a checkpoint: changes a state of the same model in place.
 *
 * @param note told where the training goes on otherwise than it began
 * @throws InputError when the file is no checkpoint, or of another training, saying what differs
 */
export function readCheckpoint(
  path: string,
  state: TrainingState,
  { sha256: training, settings, threads }: TrainingIdentity,
  note: (message: string) => void = () => {},
): void {
  const { tensors, metadata } = readSafetensors(path);
  const place = positionOf(metadata.checkpoint, path);
  if (place.training !== training) {
    const difference = firstDifference(place.settings, JSON.parse(JSON.stringify(settings)));
    const what = difference ? differenceText(difference) : "other scans, or another graph";
    throw new InputError(`${path} is of another training: ${what}`, {
      advice: "give the settings that it began with, or name another --out",
    });
  }
  if (place.threads !== undefined && place.threads !== threads) {
    note(
      `warning: the training began with ${place.threads} threads and goes on with ${threads}: the ` +
        "weights will differ in their last digits from those of an uninterrupted one",
    );
  }
  for (const [name, one] of state.weights) {
    for (const part of PARTS) {
      const found = tensors.get(`${part}/${name}`);
      const shape = one[part].length === 0 ? [0] : one.shape;
      if (!found || !sameShape(found.shape, shape)) {
        throw new InputError(`${path} lacks ${part} of ${name}: it is damaged`, {
          advice: "begin anew with another --out",
        });
      }
      one[part].set(asFloat32(found));
    }
  }
  const { step, lossSum, best } = place;
  Object.assign(state, { step, lossSum, best });
}

function positionOf(text: string | undefined, path: string): z.infer<typeof position> {
  try {
    return position.parse(JSON.parse(text ?? ""));
  } catch (error) {
    throw new InputError(`${path} is no checkpoint of a training: ${messageOf(error)}`, {
      cause: error,
      advice: "name the folder of a training with --out",
    });
  }
}
