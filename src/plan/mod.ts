/**
 * From a graph to a plan.
 *
 * @module
 */

import type { Graph } from "../graph/graph.ts";
import type { OpName } from "../graph/ops/mod.ts";
import { planMemory } from "./memory.ts";
import { absorbPads } from "./passes/absorb_pads.ts";
import { dropDeadCode } from "./passes/dead_code.ts";
import { dropTiles } from "./passes/drop_tiles.ts";
import { foldBatchNorm } from "./passes/fold_batch_norm.ts";
import { fuseEpilogues, type Fuses } from "./passes/fuse_epilogues.ts";
import { gatherReaders, type OpPair } from "./passes/gather_readers.ts";
import { joinChannels, type Joins } from "./passes/join_channels.ts";
import { type Plan, planOf } from "./plan.ts";

export type { Fuses } from "./passes/fuse_epilogues.ts";
export { isPair, type OpPair } from "./passes/gather_readers.ts";
export type { Joins } from "./passes/join_channels.ts";
export type * from "./plan.ts";
export { printPlan } from "./plan.ts";

/** What a backend tells the planner of itself. */
export interface Planning {
  /** Whether constant work is folded away; the reference backend runs the graph as it stands. */
  readonly folds: boolean;
  /** Which pointwise ops are fused into which steps. */
  readonly fuses: Fuses;
  /** Ops that may write over their first input. */
  readonly inPlace: ReadonlySet<OpName>;
  /** Ops that are done together where they read the same tensor; default: none. */
  readonly pairs?: readonly OpPair[];
  /** Which steps take the channels of two tensors as one; default: none. */
  readonly joins?: Joins;
  /** Whether a concatenation puts zeros around one of its parts itself; default: no. */
  readonly pads?: boolean;
}

/** Planning that changes nothing: one step a node. */
export const LITERAL: Planning = { folds: false, fuses: () => false, inPlace: new Set() };

/** Makes a graph ready to run on a backend. */
export function makePlan(graph: Graph, planning: Planning): Plan {
  const literal = planOf(graph);
  const folded = planning.folds ? dropTiles(foldBatchNorm(literal)) : literal;
  const fused = dropDeadCode(fuseEpilogues(folded, planning.fuses));
  const padded = planning.pads ? absorbPads(fused) : fused;
  const joined = planning.joins ? joinChannels(padded, planning.joins) : padded;
  return planMemory(gatherReaders(joined, planning.pairs ?? []), planning.inPlace);
}
