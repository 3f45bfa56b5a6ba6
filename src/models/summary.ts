/**
 * The list of all models: what `stackbench models` prints.
 *
 * @module
 */

import { formatShape, type Shape } from "../base/shapes.ts";
import { graphCost, trainableParameters } from "../graph/graph.ts";
import { buildModel, MODELS } from "./list.ts";
import { alignColumns } from "../base/text_table.ts";

/** One model at the size it is meant for. */
export interface ModelSummary {
  /** Full name. */
  readonly name: string;
  /** What it is, in one line. */
  readonly summary: string;
  /** Shape of its input, (N, C, (D,) H, W). */
  readonly input: Shape;
  /** Trainable parameters at that input. */
  readonly parameters: number;
  /** Floating-point operations of one input. */
  readonly flops: number;
}

/** Every variant of every model. */
export function modelSummaries(): ModelSummary[] {
  return MODELS.flatMap((model) =>
    Object.entries(model.variants).map(([variant, { summary }]) => {
      const name = `${model.name}:${variant}`;
      const { graph, inputShape } = buildModel(name);
      return {
        name,
        summary,
        input: inputShape,
        parameters: trainableParameters(graph),
        flops: graphCost(graph).flops,
      };
    })
  );
}

/** The list as text. */
export function formatModelSummaries(): string {
  const lines = modelSummaries().map(({ name, input, parameters, flops, summary }) => [
    name,
    formatShape(input),
    parameters.toLocaleString("en-US"),
    (flops / 1e9).toFixed(1),
    summary,
  ]);
  return alignColumns([["model", "input", "parameters", "GFLOP", "what it is"], ...lines], [2, 3]);
}
