/**
 * Models made ready to segment scans: prepared first, then made executable on a backend.
 *
 * @module
 */

import type { Backend, Executable, Precision } from "../backends/backend.ts";
import { compile } from "../backends/mod.ts";
import { MissingError, ShapeError } from "../base/errors.ts";
import { type Graph, graphCost } from "../graph/graph.ts";
import { loadWeights, seededWeights, type WeightSource } from "../graph/weights.ts";
import type { FieldChoice, Filling, Weighting } from "../imaging/mod.ts";
import { buildModel, type BuiltModel, type OptionTexts } from "../models/mod.ts";
import { lastLevelCache } from "../platform/mod.ts";
import { ASSUMED_CACHE, batchInMemory, batchThatFits } from "./batching.ts";
import { ensembleOf } from "./ensemble.ts";
import { type NetworkShape, networkShape } from "./network_shape.ts";
import type { Network } from "./segment.ts";
import { requireTrainedField } from "./trained_field.ts";

/** What to make ready. */
export interface ModelRequest {
  /** Name such as `vnet:small`. */
  readonly model: string;
  /** Spatial sizes (D,) H, W (default: those the variant is meant for). */
  readonly input?: readonly number[];
  /** Settings by their Python keyword names. */
  readonly options: OptionTexts;
  /** Path of trained weights; null for seeded random ones. */
  readonly weights: string | null;
  /** What stands before each name of the weights (default: nothing). */
  readonly stripPrefix?: string;
  /** Paths of more trained weights: probabilities are the mean over all (default: none). */
  readonly ensemble?: readonly string[];
  /** What it sees of each slice (default: all of it). */
  readonly field?: FieldChoice;
  /**
   * Slices at once, for 2-D models; `auto`: as many as fit the memory of a device that has its own,
   * or else the processor's cache.
   */
  readonly batch: number | "auto";
  /** Share of each stack that overlaps the next, for 3-D models. */
  readonly overlap: number;
  /** How overlapping stacks are averaged. */
  readonly stitching: Weighting;
  /** What fills stacks that reach past the end of a scan, for 3-D models (default: zeros). */
  readonly filling?: Filling;
}

/** A model with its weights, not yet executable. */
export interface PreparedModel extends NetworkShape {
  /** What it was made of. */
  readonly request: ModelRequest;
  /** The model. */
  readonly model: BuiltModel;
  /** Floating-point operations of one execution, of all members of an ensemble together. */
  readonly flops: number;
  /** Its weights. */
  readonly weights: WeightSource;
  /** Those of the other members of an ensemble; none where it is none. */
  readonly ensemble: readonly WeightSource[];
  /** Where they come from. */
  readonly weightsFrom: "seeded-random" | "file";
  /** What one should know of them, in words. */
  readonly notes: readonly string[];
}

/** A model that is ready to run. */
export interface Segmenter extends Omit<PreparedModel, "request">, Network, Disposable {
  /** The model. */
  readonly model: BuiltModel;
}

/**
 * Builds a model and loads or draws its weights.
 *
 * @throws InputError for names, options or weights that do not fit; ShapeError for illegal sizes
 */
export function prepareModel(request: ModelRequest, seed: number): PreparedModel {
  const model = buildRequested(request);
  return { ...shapeOf(request, model), ...weightsOf(request, model.graph, seed) };
}

/** All of a prepared model but its weights. */
function shapeOf(request: ModelRequest, model: BuiltModel) {
  return {
    ...networkShape(model, request.overlap, request.stitching, request.filling),
    ...(request.field === undefined ? {} : { field: request.field }),
    request,
    flops: graphCost(model.graph).flops * membersOf(request),
  };
}

/** Networks that a model is made of. */
function membersOf({ ensemble = [] }: ModelRequest): number {
  return 1 + ensemble.length;
}

/**
 * A prepared model with as many slices at once as the memory of its device has room for, where `auto`
 * was asked for and the device has memory of its own; else as it is.
 *
 * @param members networks that share the memory (default: those of its ensemble)
 */
export function fitDevice(
  prepared: PreparedModel,
  backend: Pick<Backend, "freeMemory">,
  members: number = membersOf(prepared.request),
): PreparedModel {
  const { request, model: { dimensions } } = prepared;
  const free = backend.freeMemory?.();
  if (request.batch !== "auto" || dimensions === 3 || free === undefined) return prepared;
  const one = buildBatch(request, 1);
  const batch = batchInMemory(one.graph, free / Math.max(1, members));
  return { ...prepared, ...shapeOf({ ...request, batch }, buildBatch(request, batch)) };
}

/**
 * Refuses a model that scans cannot pass through.
 *
 * @throws ShapeError when it takes several stacks at once, or stacks of several channels
 */
export function requireSegments({ name, dimensions, inputShape }: BuiltModel): void {
  if (dimensions === 3 && (inputShape[0] !== 1 || inputShape[1] !== 1)) {
    throw new ShapeError(`${name} segments scans with batch 1 and one input channel only`);
  }
}

/** Weights of files, or drawn where none is named. */
function weightsOf(
  { weights, stripPrefix, ensemble = [], field }: ModelRequest,
  graph: Graph,
  seed: number,
): Pick<PreparedModel, "weights" | "ensemble" | "weightsFrom" | "notes"> {
  if (weights === null) {
    const drawn = seededWeights(graph, seed);
    return { weights: drawn, ensemble: [], weightsFrom: "seeded-random", notes: [] };
  }
  const [first, ...others] = [weights, ...ensemble].map((path) => {
    const loaded = loadWeights(graph, path, { stripPrefix });
    requireTrainedField(path, field);
    return loaded;
  });
  return {
    weights: first.source,
    ensemble: others.map(({ source }) => source),
    weightsFrom: "file",
    notes: [first, ...others].flatMap(({ notes }) => notes),
  };
}

function buildRequested(request: ModelRequest): BuiltModel {
  if (request.batch !== "auto") return buildBatch(request, request.batch);
  const one = buildBatch(request, 1);
  if (one.dimensions === 3) return one;
  const fitting = batchThatFits(one.graph, lastLevelCache() ?? ASSUMED_CACHE);
  return fitting === 1 ? one : buildBatch(request, fitting);
}

function buildBatch({ model, input, options }: ModelRequest, batch: number): BuiltModel {
  return buildModel(model, { spatial: input, batch, options });
}

/**
 * Refuses what would keep a slow backend busy for hours.
 *
 * @param flops of one execution
 * @throws MissingError when the backend is too slow for the model
 */
export function requireFeasible(
  { name, feasibleFlops = Infinity }: Pick<Backend, "name" | "feasibleFlops">,
  model: Pick<BuiltModel, "name" | "inputShape">,
  flops: number,
): void {
  if (flops <= feasibleFlops) return;
  throw new MissingError(
    `${model.name} at ${model.inputShape.join("x")} takes ${(flops / 1e9).toFixed(0)} GFLOP: ` +
      `too much for the ${name} backend`,
    {
      advice:
        "take a faster backend (`stackbench doctor` tells which there are, and how to get the " +
        "others), or a smaller input",
    },
  );
}

/**
 * Makes a prepared model executable, with as many slices at once as `fitDevice` says.
 *
 * @throws MissingError when the backend cannot run it here
 */
export function openSegmenter(
  backend: Backend,
  given: PreparedModel,
  precision: Precision,
): Segmenter {
  const prepared = fitDevice(given, backend);
  requireFeasible(backend, prepared.model, prepared.flops);
  const executable = compileModel(backend, prepared, precision);
  return { ...prepared, executable, [Symbol.dispose]: () => executable[Symbol.dispose]() };
}

/**
 * The network of a prepared model, or those of its ensemble as one.
 *
 * @throws MissingError when the backend cannot run it here
 */
export function compileModel(
  backend: Backend,
  { model, weights, ensemble }: PreparedModel,
  precision: Precision,
): Executable {
  using stack = new DisposableStack();
  const executable = ensembleOf(
    [weights, ...ensemble].map((each) => stack.use(compile(backend, model.graph, each, precision))),
  );
  stack.move();
  return executable;
}
