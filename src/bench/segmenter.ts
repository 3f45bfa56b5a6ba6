/**
 * Models made ready to segment scans: prepared first, then made executable on a backend.
 *
 * @module
 */

import type { Backend, Executable, Precision } from "../backends/backend.ts";
import { compile } from "../backends/mod.ts";
import { MissingError, ShapeError } from "../base/errors.ts";
import { graphCost } from "../graph/graph.ts";
import { seededWeights, storedWeights, type WeightSource } from "../graph/weights.ts";
import { type FieldChoice, overlapOf, type Weighting } from "../imaging/mod.ts";
import { buildModel, type BuiltModel, type OptionTexts } from "../models/mod.ts";
import { lastLevelCache } from "../platform/mod.ts";
import { ASSUMED_CACHE, batchThatFits } from "./batching.ts";
import { ensembleOf } from "./ensemble.ts";
import { requireTrainedField } from "./trained_field.ts";

/** What to make ready. */
export interface ModelRequest {
  /** Name such as `vnet:small`. */
  readonly model: string;
  /** Spatial sizes (D,) H, W; those the variant is meant for unless said. */
  readonly input?: readonly number[];
  /** Settings by their Python keyword names. */
  readonly options: OptionTexts;
  /** Path of trained weights; null for seeded random ones. */
  readonly weights: string | null;
  /** Paths of more trained weights: probabilities are the mean over all; none unless said. */
  readonly ensemble?: readonly string[];
  /** What it sees of each slice; all of it unless said. */
  readonly field?: FieldChoice;
  /** Slices at once, for 2-D models; `auto`: as many as fit the processor's cache. */
  readonly batch: number | "auto";
  /** Share of each stack that overlaps the next, for 3-D models. */
  readonly overlap: number;
  /** How overlapping stacks are averaged. */
  readonly stitching: Weighting;
}

/** How a model takes slices: in stacks or in batches. */
export interface Grouping {
  /** Slices that one execution takes. */
  readonly size: number;
  /** Slices that two executions share. */
  readonly overlap: number;
  /** How shared slices are averaged. */
  readonly weighting: Weighting;
}

/** A model with its weights, not yet executable. */
export interface PreparedModel {
  /** The model. */
  readonly model: BuiltModel;
  /** Floating-point operations of one execution, of all members of an ensemble together. */
  readonly flops: number;
  /** Its weights. */
  readonly weights: WeightSource;
  /** Those of the other members of an ensemble; none unless said. */
  readonly ensemble?: readonly WeightSource[];
  /** Where they come from. */
  readonly weightsFrom: "seeded-random" | "file";
  /** How it takes slices. */
  readonly grouping: Grouping;
  /** What it sees of each slice; all of it unless said. */
  readonly field?: FieldChoice;
  /** Rows and columns that it makes of that. */
  readonly plane: readonly [height: number, width: number];
}

/** A model that is ready to run. */
export interface Segmenter extends PreparedModel, Disposable {
  /** Runs it. */
  readonly executable: Executable;
}

/**
 * Builds a model and loads or draws its weights.
 *
 * @throws InputError for names, options or weights that do not fit; ShapeError for illegal sizes
 */
export function prepareModel(request: ModelRequest, seed: number): PreparedModel {
  const model = buildRequested(request);
  const { graph, inputShape, dimensions, name } = model;
  const stack = dimensions === 3;
  if (stack && (inputShape[0] !== 1 || inputShape[1] !== 1)) {
    throw new ShapeError(`${name} segments scans with batch 1 and one input channel only`);
  }
  const size = stack ? inputShape[2] : inputShape[0];
  const [height, width] = inputShape.slice(-2);
  const stored = (path: string) => {
    requireTrainedField(path, request.field ?? "whole");
    return storedWeights(graph, path);
  };
  const ensemble = (request.ensemble ?? []).map(stored);
  return {
    model,
    flops: graphCost(graph).flops * (1 + ensemble.length),
    weights: request.weights === null ? seededWeights(graph, seed) : stored(request.weights),
    ensemble,
    weightsFrom: request.weights === null ? "seeded-random" : "file",
    grouping: {
      size,
      overlap: stack ? overlapOf(request.overlap, size) : 0,
      weighting: stack ? request.stitching : "mean",
    },
    ...(request.field === undefined ? {} : { field: request.field }),
    plane: [height, width],
  };
}

function buildRequested({ model, input, options, batch }: ModelRequest): BuiltModel {
  const build = (slices: number) => buildModel(model, { spatial: input, batch: slices, options });
  if (batch !== "auto") return build(batch);
  const one = build(1);
  if (one.dimensions === 3) return one;
  const fitting = batchThatFits(one.graph, lastLevelCache() ?? ASSUMED_CACHE);
  return fitting === 1 ? one : build(fitting);
}

/** Work of one execution that plain TypeScript finishes in about a minute. */
const REFERENCE_FLOPS = 2e10;

/**
 * Refuses what would keep the reference backend busy for hours.
 *
 * @param flops of one execution
 * @throws MissingError when the backend is too slow for the model
 */
export function requireFeasible(
  backend: Pick<Backend, "name">,
  model: Pick<BuiltModel, "name" | "inputShape">,
  flops: number,
): void {
  if (backend.name !== "reference" || flops <= REFERENCE_FLOPS) return;
  throw new MissingError(
    `${model.name} at ${model.inputShape.join("x")} takes ${(flops / 1e9).toFixed(0)} GFLOP: ` +
      "too much for the reference backend",
    { advice: "run `stackbench setup` to get oneDNN, or choose a smaller input" },
  );
}

/**
 * Makes a prepared model executable.
 *
 * @throws MissingError when the backend cannot run it here
 */
export function openSegmenter(
  backend: Backend,
  prepared: PreparedModel,
  precision: Precision,
): Segmenter {
  const { model, flops, weights, ensemble = [] } = prepared;
  requireFeasible(backend, model, flops);
  using stack = new DisposableStack();
  const members = [weights, ...ensemble].map((each) =>
    stack.use(compile(backend, model.graph, each, precision))
  );
  const executable = ensembleOf(members);
  stack.move();
  return { ...prepared, executable, [Symbol.dispose]: () => executable[Symbol.dispose]() };
}
