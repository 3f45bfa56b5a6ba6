/**
 * Graphs without their last activation.
 *
 * @module
 */

import type { Graph } from "../graph/graph.ts";

/**
 * The graph up to what a last sigmoid or softmax reads; the graph itself when it ends in neither.
 * Numbers are compared there: a sigmoid hides errors where it saturates.
 */
export function logitsOf(graph: Graph): Graph {
  const last = graph.nodes[graph.nodes.length - 1];
  const activated = last.op === "sigmoid" || last.op === "softmax";
  if (!activated || !graph.outputs.includes(last.output)) return graph;
  const outputs = graph.outputs.map((id) => (id === last.output ? last.inputs[0] : id));
  return { ...graph, nodes: graph.nodes.slice(0, -1), outputs };
}
