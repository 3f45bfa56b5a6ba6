/**
 * A graph: what a model computes, as plain data.
 *
 * @module
 */

import { canonicalJson, sha256 } from "../base/hashing.ts";
import { elements, formatShape, type Shape } from "../base/shapes.ts";
import { type Cost, cost } from "./op.ts";
import { type OpAttributes, type OpName, OPS } from "./ops/mod.ts";

/** Index of a value in its graph. */
export type ValueId = number;

/** How a parameter starts when no trained weights are given. */
export type Initializer =
  | { readonly kind: "constant"; readonly value: number }
  /** Normal, standard deviation sqrt(2 / fanIn), cut at two of them (Keras's he_normal). */
  | { readonly kind: "he_normal"; readonly fanIn: number };

/** A tensor that flows through a graph. */
export interface Value {
  /** Name: of the input, the parameter or the node that makes it. */
  readonly name: string;
  /** Sizes, N, C, (D,) H, W for activations. */
  readonly shape: Shape;
  /** Where it comes from. */
  readonly from: "input" | "parameter" | "node";
}

/** A parameter, by its PyTorch `state_dict` name. */
export interface Parameter {
  /** The value that holds it. */
  readonly value: ValueId;
  /** How it starts. */
  readonly init: Initializer;
  /** Whether training changes it by gradient; running statistics are not. */
  readonly trainable: boolean;
}

/** One op applied to values. */
export type Node = { readonly [K in OpName]: NodeOf<K> }[OpName];

/** A node whose op is `K`. */
export interface NodeOf<K extends OpName> {
  /** Name, that of the PyTorch module. */
  readonly name: string;
  /** Which op. */
  readonly op: K;
  /** Its attributes. */
  readonly attributes: OpAttributes[K];
  /** Values read, in the order of the op's contract. */
  readonly inputs: readonly ValueId[];
  /** Value made. */
  readonly output: ValueId;
}

/** A model's computation: nodes in an order in which each reads only what earlier ones made. */
export interface Graph {
  /** Name of the model, such as `vnet:small`. */
  readonly name: string;
  /** Every value, by id. */
  readonly values: readonly Value[];
  /** Ids of the inputs. */
  readonly inputs: readonly ValueId[];
  /** Parameters in the order of the model's definition. */
  readonly parameters: readonly Parameter[];
  /** Nodes in order. */
  readonly nodes: readonly Node[];
  /** Ids of the outputs. */
  readonly outputs: readonly ValueId[];
}

/** Shapes of the inputs of a node. */
export function inputShapes(graph: Graph, node: Node): Shape[] {
  return node.inputs.map((id) => graph.values[id].shape);
}

/** Work of one node. */
export function nodeCost(graph: Graph, node: Node): Cost {
  return opCost(node, inputShapes(graph, node), graph.values[node.output].shape);
}

/** Work of an op; the generic keeps an op and its attributes together for the compiler. */
export function opCost<K extends OpName>(
  { op, attributes }: Pick<NodeOf<K>, "op" | "attributes">,
  inputs: readonly Shape[],
  output: Shape,
): Cost {
  const contract = OPS[op] as unknown as Parameters<typeof cost<OpAttributes[K]>>[0];
  return cost(contract, inputs, output, attributes);
}

/** Work of a whole graph. */
export function graphCost(graph: Graph): Cost {
  return graph.nodes.reduce((sum, node) => {
    const { flops, bytes } = nodeCost(graph, node);
    return { flops: sum.flops + flops, bytes: sum.bytes + bytes };
  }, { flops: 0, bytes: 0 });
}

/** Trainable parameters of a graph, as papers count them. */
export function trainableParameters(graph: Graph): number {
  return graph.parameters
    .filter(({ trainable }) => trainable)
    .reduce((sum, { value }) => sum + elements(graph.values[value].shape), 0);
}

/** SHA-256 of what a graph computes: names, shapes, ops and attributes. */
export function graphHash(graph: Graph): string {
  return sha256(canonicalJson(graph));
}

/** A graph as readable text, one node a line. */
export function printGraph(graph: Graph): string {
  const label = (id: ValueId) => graph.values[id].name;
  const lines = graph.nodes.map((node) => {
    const attributes = Object.entries(node.attributes)
      .map(([key, value]) => ` ${key}=${Array.isArray(value) ? value.join("x") : value}`).join("");
    const shape = formatShape(graph.values[node.output].shape);
    return `  ${node.name}: ${shape} = ${node.op}(${
      node.inputs.map(label).join(", ")
    })${attributes}`;
  });
  const inputs = graph.inputs.map((id) => `${label(id)}: ${formatShape(graph.values[id].shape)}`);
  return [
    `graph ${graph.name} (${inputs.join(", ")})`,
    ...lines,
    `  -> ${graph.outputs.map(label).join(", ")}`,
    "",
  ]
    .join("\n");
}
