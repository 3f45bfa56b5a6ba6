/**
 * A kernel as the table of them has it: how an op is lowered.
 *
 * @module
 */

import type { OpName } from "../../../graph/ops/mod.ts";
import type { StepOf } from "../../../plan/plan.ts";
import type { Emitter } from "./emitter.ts";

/** Lowering of a step of op `K`: emits the calls that compute it, and its fused ops. */
export type Lower<K extends OpName> = (step: StepOf<K>, emitter: Emitter) => void;

/** How every op is lowered. */
export type Kernels = { readonly [K in OpName]: Lower<K> };
