/**
 * A model that is ready to segment scans: executable, sizes, and how slices are grouped.
 *
 * @module
 */

import type { Backend, Executable, Precision } from "../backends/backend.ts";
import { compile } from "../backends/mod.ts";
import { MissingError } from "../base/errors.ts";
import { graphCost } from "../graph/graph.ts";
import { namedWeights, seededWeights, weightsHash, type WeightSource } from "../graph/weights.ts";
import type { Weighting } from "../imaging/mod.ts";
import { overlapOf } from "../imaging/mod.ts";
import { buildModel, type BuiltModel, type OptionTexts } from "../models/mod.ts";
import { readSafetensors } from "../tensor/safetensors.ts";

/** What to make ready. */
export interface SegmenterRequest {
  /** Name such as `vnet:small`. */
  readonly model: string;
  /** Spatial sizes (D,) H, W; those the variant is meant for unless said. */
  readonly input?: readonly number[];
  /** Settings by their Python keyword names. */
  readonly options: OptionTexts;
  /** Path of trained weights; null for seeded random ones. */
  readonly weights: string | null;
  /** Slices at once, for 2-D models. */
  readonly batch: number;
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

/** A model that is ready. */
export interface Segmenter extends Disposable {
  /** The model. */
  readonly model: BuiltModel;
  /** Floating-point operations of one execution. */
  readonly flops: number;
  /** Its weights. */
  readonly weights: { readonly source: "seeded-random" | "file"; readonly sha256: string };
  /** How it takes slices. */
  readonly grouping: Grouping;
  /** Rows and columns that it sees. */
  readonly plane: readonly [height: number, width: number];
  /** Runs it. */
  readonly executable: Executable;
}

/** Builds a model, loads or draws its weights and makes it executable. */
export function openSegmenter(
  backend: Backend,
  request: SegmenterRequest,
  seed: number,
  precision: Precision,
): Segmenter {
  const built = buildModel(request.model, {
    spatial: request.input,
    batch: request.batch,
    options: request.options,
  });
  const { graph, inputShape, dimensions } = built;
  const weights: WeightSource = request.weights === null
    ? seededWeights(graph, seed)
    : namedWeights(graph, readSafetensors(request.weights).tensors);
  if (backend.name === "reference") refuseLarge(built);
  const [height, width] = inputShape.slice(-2);
  const stack = dimensions === 3;
  const size = stack ? inputShape[2] : inputShape[0];
  const executable = compile(backend, graph, weights, precision);
  return {
    model: built,
    flops: graphCost(graph).flops,
    weights: {
      source: request.weights === null ? "seeded-random" : "file",
      sha256: weightsHash(graph, weights),
    },
    grouping: {
      size,
      overlap: stack ? overlapOf(request.overlap, size) : 0,
      weighting: stack ? request.stitching : "mean",
    },
    plane: [height, width],
    executable,
    [Symbol.dispose]: () => executable[Symbol.dispose](),
  };
}

/** Work of one execution that plain TypeScript finishes in about a minute. */
const REFERENCE_FLOPS = 2e10;

function refuseLarge({ name, graph, inputShape }: BuiltModel): void {
  const { flops } = graphCost(graph);
  if (flops <= REFERENCE_FLOPS) return;
  throw new MissingError(
    `${name} at ${inputShape.join("x")} takes ${
      (flops / 1e9).toFixed(0)
    } GFLOP: too much for the ` +
      "reference backend",
    { advice: "run `stackbench setup` to get oneDNN, or choose a smaller input" },
  );
}
