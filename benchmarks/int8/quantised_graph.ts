/**
 * A graph that computes in single precision what int8 convolutions would: each takes an input that
 * was rounded to a grid. The ops of graphs have no rounding, and need none: single precision rounds
 * to whole numbers by itself where numbers are as large as 1.5 * 2^23.
 *
 * @module
 */

import type { Graph, Node, Value, ValueId } from "../../src/graph/graph.ts";
import { type Grid, reciprocal } from "./grid.ts";

/** Between 2^23 and 2^24 single precision has whole numbers only. */
const ROUNDER = 1.5 * 2 ** 23;

/** A layer whose input and weights may be quantised. */
export type Layer = Extract<Node, { readonly op: "conv" | "deconv" }>;

/** Convolutions of a graph, also transposed ones, in order. */
export function layersOf(graph: Graph): readonly Layer[] {
  return graph.nodes.filter((node): node is Layer => node.op === "conv" || node.op === "deconv");
}

/** A graph that also gives the inputs of its layers, behind its own outputs. */
export function observed(graph: Graph): { readonly graph: Graph; readonly sites: ValueId[] } {
  const sites = [...new Set(layersOf(graph).map(({ inputs: [x] }) => x))]
    // a network's own input is at hand
    .filter((id) => graph.values[id].from === "node" && !graph.outputs.includes(id));
  return { graph: { ...graph, outputs: [...graph.outputs, ...sites] }, sites };
}

/** A graph whose given layers read what was rounded to the grid of its value. */
export function quantised(
  graph: Graph,
  layers: ReadonlySet<Layer>,
  grids: ReadonlyMap<ValueId, Grid>,
): Graph {
  const values: Value[] = [...graph.values];
  const rounded = new Map<ValueId, ValueId>();
  const nodes: Node[] = [];
  const round = (x: ValueId): ValueId => {
    const { name, shape } = graph.values[x];
    return roundingOf(grids.get(x)!).reduce((from, step, i) => {
      const output = values.length;
      values.push({ name: `${name}.int8.${i}`, shape, from: "node" });
      nodes.push({ ...step, name: `${name}.int8.${i}`, inputs: [from], output } as Node);
      return output;
    }, x);
  };
  for (const node of graph.nodes) {
    if (!layers.has(node as Layer)) {
      nodes.push(node);
      continue;
    }
    const [x, ...parameters] = node.inputs;
    if (!rounded.has(x)) rounded.set(x, round(x));
    nodes.push({ ...node, inputs: [rounded.get(x)!, ...parameters] } as Layer);
  }
  return { ...graph, values, nodes };
}

/** A graph whose PReLUs are left out: what reads one reads its input instead. */
export function slopeless(graph: Graph): Graph {
  const instead = new Map<ValueId, ValueId>();
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const inputs = node.inputs.map((id) => instead.get(id) ?? id);
    if (node.op !== "prelu") return [{ ...node, inputs } as Node];
    instead.set(node.output, inputs[0]);
    return [];
  });
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const parameters = graph.parameters.filter(({ value }) => read.has(value));
  return { ...graph, nodes, parameters };
}

/** An op of one tensor, without its place in a graph. */
type Step = Pick<Extract<Node, { readonly op: "affine" | "relu" }>, "op" | "attributes">;

/** The ops that round to a grid; a minimum is a relu of what it is short of. */
function roundingOf({ scale, low, high }: Grid): readonly Step[] {
  const affine = (scale: number, shift: number) =>
    ({ op: "affine", attributes: { scale, shift } }) as const;
  const relu = { op: "relu", attributes: {} } as const;
  return [
    affine(reciprocal(scale), ROUNDER),
    affine(-1, ROUNDER + high), // high - i
    relu,
    affine(-1, high - low), // min(i, high) - low
    relu,
    affine(scale, scale * low),
  ] as readonly Step[];
}
