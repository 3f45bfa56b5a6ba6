/**
 * The log of a training: one JSON object a line, in the order of the steps, without times.
 *
 * @module
 */

import * as z from "zod";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, messageOf } from "../base/errors.ts";

/** What is logged of a step. */
export interface StepLine {
  /** Steps taken, from 1. */
  readonly step: number;
  /** The loss before the step. */
  readonly loss: number;
  /** The learning rate. */
  readonly rate: number;
}

/** What is logged of an epoch. */
export interface EpochLine {
  /** Epochs finished, from 1. */
  readonly epoch: number;
  /** Steps taken. */
  readonly step: number;
  /** Mean loss of its steps. */
  readonly meanLoss: number;
  /** Mean Dice of the validation scans; null where it is defined for none. */
  readonly dice: number | null;
  /** Whether nothing at all was predicted. */
  readonly empty: boolean;
  /** Whether the weights are the best so far. */
  readonly best: boolean;
}

/** A line of a log. */
export type LogLine = StepLine | EpochLine;

const lineSchema: z.ZodType<LogLine> = z.union([
  z.strictObject({ step: z.int(), loss: z.number(), rate: z.number() }),
  z.strictObject({
    epoch: z.int(),
    step: z.int(),
    meanLoss: z.number(),
    dice: z.number().nullable(),
    empty: z.boolean(),
    best: z.boolean(),
  }),
]);

/**
 * Reads a log; a half line at its end, which a killed process leaves, is dropped.
 *
 * @throws InputError when it cannot be read or a line is none
 */
export function readLog(path: string): LogLine[] {
  try {
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
    return lines.map((line) => lineSchema.parse(JSON.parse(line)));
  } catch (error) {
    throw new InputError(`the log ${path} could not be read: ${messageOf(error)}`, {
      cause: error,
      advice: "restore it, or begin anew with another --out",
    });
  }
}

/** A log that is being written. */
export class TrainingLog {
  readonly #path: string;

  /**
   * Opens a log: a new one, or one that is taken back to a step.
   *
   * @param step steps that are kept; 0 for a new log
   * @throws InputError when it cannot be read or written
   */
  constructor(path: string, step: number) {
    this.#path = path;
    const kept = step === 0 ? [] : readLog(path).filter((line) => line.step <= step);
    writeAtomically(path, kept.map(textOf));
  }

  /**
   * Adds a line.
   *
   * @throws InputError when it cannot be written
   */
  add(line: LogLine): void {
    try {
      Deno.writeTextFileSync(this.#path, textOf(line), { append: true });
    } catch (error) {
      throw new InputError(`the log ${this.#path} could not be written: ${messageOf(error)}`, {
        cause: error,
        advice: "make room, then go on with --resume",
      });
    }
  }
}

function textOf(line: LogLine): string {
  return `${JSON.stringify(line)}\n`;
}
