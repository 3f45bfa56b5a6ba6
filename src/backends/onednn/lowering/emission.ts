/**
 * Primitives that kernels ask for.
 *
 * @module
 */

import type { Argument } from "../library/execution.ts";
import type { PrimitiveDescriptor } from "../library/primitive_descriptor.ts";
import type { Describe, Preferences } from "../library/session.ts";
import type { Epilogue } from "./epilogue.ts";

/** A primitive to emit. */
export interface Emission {
  /** Name of the step. */
  readonly context: string;
  /** Describes it. */
  readonly describe: Describe;
  /** Its arguments, scratchpad and post-ops aside. */
  bind(descriptor: PrimitiveDescriptor): readonly Argument[];
  /** Implementations to prefer; default: those that are faster wherever they are offered. */
  readonly preferences?: Preferences;
  /** What it does to its result before it stores it; default: nothing. */
  readonly epilogue?: Epilogue;
  /** Emits what comes right after it and needs to know of it. */
  follow?(descriptor: PrimitiveDescriptor): void;
}

/** How far to go for a primitive. */
export type Policy =
  /** Fast, with the epilogue of its step inside it, or not at all. */
  | "inside"
  /** Fast, with the epilogue inside or behind it, or not at all. */
  | "fast"
  /** Slow, where the library has no other. */
  | "any";
