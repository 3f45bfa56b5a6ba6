/**
 * The language that models are written in.
 *
 * @module
 */

export { differentiate, gradientName, trainableValues } from "./autodiff.ts";
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
export {
  DEFAULT_LOSS,
  type Loss,
  LOSSES,
  type LossName,
  type Prediction,
  STEADY_LOSS,
} from "./losses.ts";
export type { Cost, NoAttributes, Op } from "./op.ts";
export { type OpAttributes, type OpName, OPS } from "./ops/mod.ts";
export {
  type DropoutKind,
  forTraining,
  maskName,
  nextName,
  type TrainingOptions,
  trainingStep,
  type TrainingStepOptions,
} from "./training.ts";
export {
  type LoadedWeights,
  loadWeights,
  type LoadWeightsOptions,
  namedWeights,
  seededWeights,
  weightsHash,
  type WeightSource,
} from "./weights.ts";
export { uniformWindow, type WindowAttributes } from "./windowed.ts";
