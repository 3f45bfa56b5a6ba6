/**
 * A graph with its weights as an ONNX file.
 *
 * @module
 */

import { writeAtomically } from "../base/atomic.ts";
import { InputError } from "../base/errors.ts";
import { PROGRAM_VERSION } from "../base/installation.ts";
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import type { WeightSource } from "../graph/weights.ts";
import { asFloat32 } from "../tensor/tensor.ts";
import { modelProto, type OnnxNode, type OnnxTensor } from "./messages.ts";
import { type Operand, RULES, type Writer } from "./rules.ts";
import { bytesOf, lengthOf } from "./wire.ts";

/** What readers of Protocol Buffers take at most: bytes. */
const LARGEST = 2 ** 31 - 1;

/**
 * Writes a graph. Weights keep their names; its output is called `output`, and its input `input`
 * where it is the only one.
 *
 * @param metadata facts that go along for readers
 * @throws InputError for a graph that trains, for one that would make a file of more than 2 GiB, and
 *   when the file cannot be written
 */
export function writeOnnx(
  path: string,
  graph: Graph,
  weights: WeightSource,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const names = namesOf(graph);
  const operand = (id: ValueId): Operand => ({ name: names[id], shape: graph.values[id].shape });
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxTensor>();
  for (const node of graph.nodes) {
    const write = new NodeWriter(node.name, names[node.output], nodes, constants);
    ruleOf(node)(write, node.inputs.map(operand), node.attributes, operand(node.output).shape);
    write.end();
  }
  const message = modelProto({
    producerVersion: PROGRAM_VERSION,
    name: graph.name,
    nodes,
    tensors: [
      ...graph.parameters.map(({ value }) => ({
        ...operand(value),
        data: () => asFloat32(weights(names[value])),
      })),
      ...constants.values(),
    ],
    inputs: graph.inputs.map(operand),
    outputs: graph.outputs.map(operand),
    metadata,
  });
  if (lengthOf(message) > LARGEST) {
    throw new InputError(`${graph.name} is too large for an ONNX file: 2 GiB is the most`, {
      advice: "choose a smaller input, which has fewer slopes an element, or another model",
    });
  }
  writeAtomically(path, bytesOf(message));
}

/** Names of all values: weights by their own, what nodes make by theirs and a number. */
function namesOf({ values, inputs, outputs }: Graph): readonly string[] {
  return values.map(({ name, from }, id) => {
    if (inputs.length === 1 && inputs[0] === id) return "input";
    if (outputs.length === 1 && outputs[0] === id) return "output";
    return from !== "node" ? name : `${name}#${id}`;
  });
}

/** The rule of a node, whose attributes are of its op. */
function ruleOf({ op, name }: Node) {
  const rule = RULES[op];
  if (rule === null) {
    throw new InputError(`${name} is ${op}, which only training uses: ONNX has nothing for it`, {
      advice: "export the network as it is for inference",
    });
  }
  return rule as (
    write: Writer,
    inputs: readonly Operand[],
    attributes: unknown,
    output: readonly number[],
  ) => string;
}

/** Writes the nodes of one op: the last one makes its output, others what is in between. */
class NodeWriter implements Writer {
  readonly #name: string;
  readonly #output: string;
  readonly #nodes: OnnxNode[];
  readonly #constants: Map<string, OnnxTensor>;
  readonly #own: OnnxNode[] = [];

  /** Adds to lists that all nodes share. */
  constructor(
    name: string,
    output: string,
    nodes: OnnxNode[],
    constants: Map<string, OnnxTensor>,
  ) {
    this.#name = name;
    this.#output = output;
    this.#nodes = nodes;
    this.#constants = constants;
  }

  /** @inheritdoc */
  apply(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode["attributes"] = {},
  ): string {
    const output = `${this.#output}/${this.#own.length}`;
    const name = `${this.#name}/${this.#own.length}`;
    this.#own.push({ operator, name, inputs, output, attributes });
    return output;
  }

  /** @inheritdoc */
  integers(values: readonly number[]): string {
    const name = `[${values.join(",")}]`;
    this.#constants.set(name, { name, shape: [values.length], data: values });
    return name;
  }

  /** @inheritdoc */
  number(value: number): string {
    const name = `${value}`;
    this.#constants.set(name, { name, shape: [], data: () => Float32Array.of(value) });
    return name;
  }

  /** Gives the output its name. */
  end(): void {
    const last = this.#own.length - 1;
    this.#nodes.push(
      ...this.#own.map((node, place) => place === last ? { ...node, output: this.#output } : node),
    );
  }
}
