/**
 * From a model to the graph of one training step.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { elements } from "../base/shapes.ts";
import { differentiate } from "./autodiff.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph, Node, NodeOf, ValueId } from "./graph.ts";
import { allButChannels } from "./gradients/gradient.ts";
import { LOSSES, type LossName, predictionOf } from "./losses.ts";
import type { OpName } from "./ops/mod.ts";

/** What a dropout drops: single elements, or whole channels. */
export type DropoutKind = "element" | "channel";

/** How a model is trained, as far as its graph is concerned. */
export interface TrainingOptions {
  /** Share of the running statistics that a step keeps (Keras 0.99, PyTorch 0.9). */
  readonly momentum: number;
  /** What is dropped after which node. */
  readonly dropout?: Readonly<Record<string, DropoutKind>>;
}

/** What a training step is made of. */
export interface TrainingStepOptions extends TrainingOptions {
  /** The loss. */
  readonly loss: LossName;
}

/** Name of the input that holds what a dropout multiplies by: 0, or one over the share kept. */
export function maskName(node: string): string {
  return `${node}.mask`;
}

/** Name of the output that holds a running statistic after the step. */
export function nextName(statistic: string): string {
  return `${statistic}.next`;
}

/**
 * A model as it computes in training: batch norms take the statistics of the batch, and dropouts
 * multiply by masks.
 *
 * Running statistics become inputs of shape (1, C, 1...) under their own names; the outputs are
 * those of the model, then `NAME.next` for each: `momentum` times the old one plus the rest times
 * the batch's mean, or its variance times M / (M - 1) for M elements a channel, as PyTorch, cuDNN
 * and TensorFlow do. Masks are inputs `NODE.mask` of the shape of what they multiply, or (N, C,
 * 1...) for whole channels.
 *
 * @throws InputError for a dropout after a node that is not there, and for a batch norm over one
 *   element a channel
 */
export function forTraining(graph: Graph, options: TrainingOptions): Graph {
  const rewriting = new Rewriting(graph, options);
  const { dropout = {} } = options;
  const unknown = Object.keys(dropout).filter((name) =>
    !graph.nodes.some((node) => node.name === name)
  );
  if (unknown.length > 0) {
    throw new InputError(`${graph.name} has no node ${unknown.join(", ")} to drop anything after`);
  }
  return rewriting.run();
}

/**
 * The graph of one training step. Inputs: those of the model, running statistics and masks as
 * {@linkcode forTraining} has them, and `target`, a mask (N, 1, ...). Outputs: the loss, `NAME.grad`
 * for every trainable parameter, and the next running statistics.
 *
 * @throws InputError for a model whose output is no probability of a foreground
 */
export function trainingStep(model: Graph, options: TrainingStepOptions): Graph {
  const training = forTraining(model, options);
  const [output, ...statistics] = training.outputs;
  const b = GraphBuilder.from(training);
  const prediction = predictionOf(training, b, output);
  const target = b.input("target", b.shape(prediction.probability));
  const loss = LOSSES[options.loss](b, prediction, target);
  return differentiate(b.build(loss, ...statistics), loss);
}

/** Positions of the running statistics among the inputs of a batch norm. */
const RUNNING = [3, 4];

class Rewriting {
  readonly #graph: Graph;
  readonly #options: TrainingOptions;
  readonly #b: GraphBuilder;
  readonly #ids = new Map<ValueId, ValueId>();
  readonly #next: ValueId[] = [];

  constructor(graph: Graph, options: TrainingOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#b = new GraphBuilder(graph.name);
  }

  run(): Graph {
    const { inputs, parameters, values, nodes, outputs } = this.#graph;
    for (const id of inputs) this.#ids.set(id, this.#b.input(values[id].name, values[id].shape));
    const running = this.#running();
    for (const { value, init, trainable } of parameters) {
      if (running.has(value)) continue;
      const { name, shape } = values[value];
      this.#ids.set(value, this.#b.parameter(name, shape, init, trainable));
    }
    for (const node of nodes) {
      const made = node.op === "batch_norm" ? this.#batchNorm(node) : this.#copy(node);
      this.#ids.set(node.output, this.#dropout(node.name, made));
    }
    return this.#b.build(...outputs.map((id) => this.#id(id)), ...this.#next);
  }

  #id(old: ValueId): ValueId {
    return this.#ids.get(old)!;
  }

  /** Parameters that are the running statistics of a batch norm. */
  #running(): ReadonlySet<ValueId> {
    return new Set(
      this.#graph.nodes.filter(({ op }) => op === "batch_norm")
        .flatMap(({ inputs }) => RUNNING.map((position) => inputs[position])),
    );
  }

  #copy<K extends OpName>({ name, op, inputs, attributes }: Node & NodeOf<K>): ValueId {
    return this.#b.apply(op, name, inputs.map((id) => this.#id(id)), attributes);
  }

  #batchNorm({ name, attributes, inputs }: NodeOf<"batch_norm">): ValueId {
    const b = this.#b;
    const [x, gamma, beta] = inputs.slice(0, 3).map((id) => this.#id(id));
    const shape = b.shape(x);
    const count = elements(shape) / shape[1];
    if (count === 1) {
      throw new InputError(`${name} has one element a channel: its variance is undefined`, {
        advice: "train with larger batches or inputs",
      });
    }
    const sum = b.apply("sum", `${name}.sum`, [x], { axes: allButChannels(shape) });
    const mean = b.apply("affine", `${name}.mean`, [sum], { scale: 1 / count, shift: 0 });
    const variance = b.apply("variance", `${name}.variance`, [x, mean], {});
    this.#follow(inputs[RUNNING[0]], mean, 1);
    this.#follow(inputs[RUNNING[1]], variance, count / (count - 1));
    return b.apply("normalise", name, [x, mean, variance, gamma, beta], attributes);
  }

  /** Lets a running statistic follow that of the batch. */
  #follow(old: ValueId, batch: ValueId, correction: number): void {
    const b = this.#b;
    const { momentum } = this.#options;
    const { name } = this.#graph.values[old];
    const given = b.input(name, b.shape(batch));
    const kept = b.apply("affine", `${name}.kept`, [given], { scale: momentum, shift: 0 });
    const scale = (1 - momentum) * correction;
    const added = b.apply("affine", `${name}.added`, [batch], { scale, shift: 0 });
    this.#next.push(b.apply("add", nextName(name), [kept, added], {}));
  }

  #dropout(name: string, x: ValueId): ValueId {
    const kind = this.#options.dropout?.[name];
    if (kind === undefined) return x;
    const shape = this.#b.shape(x).map((size, axis) => kind === "channel" && axis > 1 ? 1 : size);
    const mask = this.#b.input(maskName(name), shape);
    return this.#b.apply("mul", `${name}.dropped`, [x, mask], {});
  }
}
