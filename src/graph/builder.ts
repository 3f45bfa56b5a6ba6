/**
 * Building a graph: a model is plain TypeScript that calls a builder.
 *
 * Layers that own parameters name them as PyTorch does: `NAME.weight`, `NAME.bias`,
 * `NAME.running_mean`; the slopes of a PReLU are `NAME.alpha`.
 *
 * @module
 */

import { elements, type Shape } from "../base/shapes.ts";
import type { Graph, Initializer, Node, NodeOf, Parameter, Value, ValueId } from "./graph.ts";
import type { Op } from "./op.ts";
import { type OpAttributes, type OpName, OPS } from "./ops/mod.ts";
import { shapeError } from "./op.ts";
import type { WindowAttributes } from "./windowed.ts";

/** What a convolution layer has beyond its window. */
export interface ConvLayer extends WindowAttributes {
  /** Channels of the output. */
  readonly channels: number;
  /** Groups of channels (default: 1). */
  readonly groups?: number;
  /** Whether it has a bias (default: yes). */
  readonly bias?: boolean;
}

/** Collects the nodes of a graph. */
export class GraphBuilder {
  readonly #name: string;
  readonly #values: Value[] = [];
  readonly #inputs: ValueId[] = [];
  readonly #parameters: Parameter[] = [];
  readonly #byName = new Map<string, ValueId>();
  readonly #nodes: Node[] = [];

  /** Starts a graph with the name of its model. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Goes on where a graph ends; its values keep their ids. */
  static from(graph: Graph): GraphBuilder {
    const b = new GraphBuilder(graph.name);
    b.#values.push(...graph.values);
    b.#inputs.push(...graph.inputs);
    b.#parameters.push(...graph.parameters);
    b.#nodes.push(...graph.nodes);
    for (const { value } of graph.parameters) b.#byName.set(graph.values[value].name, value);
    return b;
  }

  /** Declares an input. */
  input(name: string, shape: Shape): ValueId {
    const id = this.#value({ name, shape, from: "input" });
    this.#inputs.push(id);
    return id;
  }

  /** Declares a parameter, or finds it again: a layer used twice shares its parameters. */
  parameter(name: string, shape: Shape, init: Initializer, trainable = true): ValueId {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const value = this.#value({ name, shape, from: "parameter" });
    this.#byName.set(name, value);
    this.#parameters.push({ value, init, trainable });
    return value;
  }

  /** Shape of a value. */
  shape(id: ValueId): Shape {
    return this.#values[id].shape;
  }

  /** Channels of a value. */
  channels(id: ValueId): number {
    return this.shape(id)[1];
  }

  /**
   * Applies an op.
   *
   * @throws ShapeError when the op does not accept these shapes
   */
  apply<K extends OpName>(
    op: K,
    name: string,
    inputs: readonly ValueId[],
    attributes: OpAttributes[K],
  ): ValueId {
    const contract = OPS[op] as unknown as Op<OpAttributes[K]>;
    const shapes = inputs.map((id) => this.shape(id));
    const { min, max } = contract.arity;
    if (inputs.length < min || inputs.length > max) {
      throw shapeError(op, `takes ${min} to ${max} inputs`, shapes);
    }
    const output = this.#value({ name, shape: contract.infer(shapes, attributes), from: "node" });
    const node: NodeOf<K> = { name, op, attributes, inputs, output };
    this.#nodes.push(node as unknown as Node);
    return output;
  }

  /** A convolution with its weight and bias. */
  conv(name: string, x: ValueId, layer: ConvLayer): ValueId {
    const { channels, groups = 1, bias = true, kernel, stride, padBefore, padAfter } = layer;
    const weightShape = [channels, this.channels(x) / groups, ...kernel];
    const fanIn = elements(weightShape.slice(1));
    const inputs = [x, this.parameter(`${name}.weight`, weightShape, { kind: "he_normal", fanIn })];
    if (bias) inputs.push(this.parameter(`${name}.bias`, [channels], ZERO));
    return this.apply("conv", name, inputs, { kernel, stride, padBefore, padAfter, groups });
  }

  /** A transposed convolution with its weight and bias. */
  deconv(name: string, x: ValueId, layer: Omit<ConvLayer, "groups" | "bias">): ValueId {
    const { channels, kernel, stride, padBefore, padAfter } = layer;
    const weightShape = [this.channels(x), channels, ...kernel];
    // taps that meet in one output: the fan-in of the transposed kernel
    const fanIn = weightShape[0] * kernel.reduce((all, k, axis) => all * k / stride[axis], 1);
    const weight = this.parameter(`${name}.weight`, weightShape, { kind: "he_normal", fanIn });
    const biasId = this.parameter(`${name}.bias`, [channels], ZERO);
    return this.apply("deconv", name, [x, weight, biasId], { kernel, stride, padBefore, padAfter });
  }

  /** A dense layer over channels, with bias; a second use of its parameters has its own `node`. */
  linear(name: string, x: ValueId, channels: number, node = name): ValueId {
    const fanIn = this.channels(x);
    const weight = this.parameter(`${name}.weight`, [channels, fanIn], {
      kind: "he_normal",
      fanIn,
    });
    const bias = this.parameter(`${name}.bias`, [channels], ZERO);
    return this.apply("linear", node, [x, weight, bias], {});
  }

  /** Batch normalisation with running statistics. */
  batchNorm(name: string, x: ValueId, epsilon: number): ValueId {
    const shape = [this.channels(x)];
    return this.apply("batch_norm", name, [
      x,
      this.parameter(`${name}.weight`, shape, ONE),
      this.parameter(`${name}.bias`, shape, ZERO),
      this.parameter(`${name}.running_mean`, shape, ZERO, false),
      this.parameter(`${name}.running_var`, shape, ONE, false),
    ], { epsilon });
  }

  /** Instance normalisation with affine parameters. */
  instanceNorm(name: string, x: ValueId, epsilon: number): ValueId {
    const shape = [this.channels(x)];
    return this.apply("instance_norm", name, [
      x,
      this.parameter(`${name}.weight`, shape, ONE),
      this.parameter(`${name}.bias`, shape, ZERO),
    ], { epsilon });
  }

  /** A PReLU with a slope a channel (starts at 0.25, as Caffe and PyTorch). */
  preluChannel(name: string, x: ValueId): ValueId {
    const slope = this.parameter(`${name}.alpha`, [this.channels(x)], {
      kind: "constant",
      value: 0.25,
    });
    return this.apply("prelu", name, [x, slope], {});
  }

  /** A PReLU with a slope an element (starts at 0, as Keras without `shared_axes`). */
  preluElement(name: string, x: ValueId): ValueId {
    const slope = this.parameter(`${name}.alpha`, this.shape(x).slice(1), ZERO);
    return this.apply("prelu", name, [x, slope], {});
  }

  /** The finished graph. */
  build(...outputs: readonly ValueId[]): Graph {
    return {
      name: this.#name,
      values: this.#values,
      inputs: this.#inputs,
      parameters: this.#parameters,
      nodes: this.#nodes,
      outputs,
    };
  }

  #value(value: Value): ValueId {
    this.#values.push(value);
    return this.#values.length - 1;
  }
}

const ZERO: Initializer = { kind: "constant", value: 0 };
const ONE: Initializer = { kind: "constant", value: 1 };
