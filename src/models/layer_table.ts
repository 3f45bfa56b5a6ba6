/**
 * Layer tables: what `stackbench models M` prints.
 *
 * @module
 */

import { elements, formatShape, type Shape } from "../base/shapes.ts";
import { type Graph, graphCost, nodeCost, trainableParameters } from "../graph/graph.ts";
import { alignColumns } from "../base/text_table.ts";

/** One layer of a graph. */
export interface LayerRow {
  /** Name of the node. */
  readonly name: string;
  /** Its op. */
  readonly op: string;
  /** Shapes of the activations it reads. */
  readonly inputs: readonly Shape[];
  /** Shape of the activation it makes. */
  readonly output: Shape;
  /** Trainable parameters; those of a layer used twice stand at its first use. */
  readonly parameters: number;
  /** Floating-point operations; only taps inside the input count. */
  readonly flops: number;
  /** Bytes read and written once, parameters included, in single precision. */
  readonly bytes: number;
}

/** Every layer of a graph, in order. */
export function layerTable(graph: Graph): LayerRow[] {
  const uncounted = new Set(
    graph.parameters.filter(({ trainable }) => trainable).map(({ value }) => value),
  );
  return graph.nodes.map((node) => {
    const shapes = (ids: readonly number[]) => ids.map((id) => graph.values[id].shape);
    const own = node.inputs.filter((id) => uncounted.delete(id));
    return {
      name: node.name,
      op: node.op,
      inputs: shapes(node.inputs.filter((id) => graph.values[id].from !== "parameter")),
      output: graph.values[node.output].shape,
      parameters: shapes(own).reduce((sum, shape) => sum + elements(shape), 0),
      ...nodeCost(graph, node),
    };
  });
}

/** A layer table as text, with a line of totals. */
export function formatLayerTable(graph: Graph): string {
  const { flops, bytes } = graphCost(graph);
  const heading = ["layer", "op", "input", "output", "parameters", "GFLOP", "MB"];
  const numbers = (parameters: number, flops: number, bytes: number) => [
    parameters.toLocaleString("en-US"),
    (flops / 1e9).toFixed(3),
    (bytes / 1e6).toFixed(2),
  ];
  const lines = layerTable(graph).map((row) => [
    row.name,
    row.op,
    row.inputs.map(formatShape).join(" + "),
    formatShape(row.output),
    ...numbers(row.parameters, row.flops, row.bytes),
  ]);
  const total = ["total", "", "", "", ...numbers(trainableParameters(graph), flops, bytes)];
  return alignColumns([heading, ...lines, total], [4, 5, 6]);
}
