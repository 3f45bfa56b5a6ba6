/**
 * The language that models are written in.
 *
 * @module
 */

export { type ConvLayer, GraphBuilder } from "./builder.ts";
export {
  type Graph,
  graphCost,
  graphHash,
  type Initializer,
  type Node,
  type NodeOf,
  type Parameter,
  printGraph,
  trainableParameters,
  type Value,
  type ValueId,
} from "./graph.ts";
export type { Cost, NoAttributes, Op } from "./op.ts";
export { type OpAttributes, type OpName, OPS } from "./ops/mod.ts";
export { namedWeights, seededWeights, weightsHash, type WeightSource } from "./weights.ts";
export { uniformWindow, type WindowAttributes } from "./windowed.ts";
