/**
 * The errors of Stackbench. Every message says what was wrong, where, and what to do next.
 *
 * @module
 */

/** Exit codes of the command line. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  regression: 3,
  notComparable: 4,
  undecided: 5,
  interrupted: 130,
} as const;

/** What an error carries besides its message. */
export interface ErrorFields {
  /** The underlying error, if any. */
  readonly cause?: unknown;
  /** What the user can do next, in one sentence or command. */
  readonly advice?: string;
  /** Machine-readable facts (names, shapes, paths given by the user). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The root of every error that Stackbench throws on purpose. */
export class StackbenchError extends Error {
  /** Name of the class. */
  override readonly name: string = "StackbenchError";
  /** What the user can do next. */
  readonly advice?: string;
  /** Machine-readable facts. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Exit code of the command line when this error ends it. */
  readonly exitCode: number = EXIT.failed;

  /** An error with a message and what else is known. */
  constructor(message: string, fields: ErrorFields = {}) {
    super(message, { cause: fields.cause });
    this.advice = fields.advice;
    this.details = fields.details ?? {};
  }
}

/** A wrong argument, file or scan: the input is at fault, not the program. */
export class InputError extends StackbenchError {
  /** Name of the class. */
  override readonly name: string = "InputError";
  /** Exit code of the command line when this error ends it. */
  override readonly exitCode: number = EXIT.usage;
}

/** Shapes that an op or a model does not accept; the message says which are legal. */
export class ShapeError extends InputError {
  /** Name of the class. */
  override readonly name = "ShapeError";
}

/** Something this machine lacks (a library, an instruction set, memory). */
export class MissingError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "MissingError";
}

/** Results that may not be compared with each other. */
export class NotComparableError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "NotComparableError";
  /** Exit code of the command line when this error ends it. */
  override readonly exitCode: number = EXIT.notComparable;
}

/** Numbers that are not finite where a result should be: nothing may be concluded from them. */
export class NumericalError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "NumericalError";
}

/** Something got worse than it was: slower, less accurate, or other than it was without leave. */
export class RegressionError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "RegressionError";
  /** Exit code of the command line when this error ends it. */
  override readonly exitCode: number = EXIT.regression;
}

/** Too much noise to say; the advice says what would help. */
export class UndecidedError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "UndecidedError";
  /** Exit code of the command line when this error ends it. */
  override readonly exitCode: number = EXIT.undecided;
}

/** A native library returned a status other than success. */
export class NativeError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "NativeError";
}

/** The user interrupted the work; what was finished is kept. */
export class InterruptedError extends StackbenchError {
  /** Name of the class. */
  override readonly name = "InterruptedError";
  /** Exit code of the command line when this error ends it. */
  override readonly exitCode: number = EXIT.interrupted;
}

/**
 * The text of any thrown value; libraries throw strings and numbers too.
 *
 * @example
 * ```ts
 * import { messageOf } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert.equal(messageOf("no preamble"), "no preamble");
 * ```
 */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
