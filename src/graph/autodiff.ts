/**
 * Reverse-mode differentiation: a graph becomes the graph of its loss and gradients.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { elements, formatShape } from "../base/shapes.ts";
import { GraphBuilder } from "./builder.ts";
import type { Gradient } from "./gradients/gradient.ts";
import { GRADIENTS } from "./gradients/mod.ts";
import type { Graph, Node, NodeOf, ValueId } from "./graph.ts";
import type { OpName } from "./ops/mod.ts";

/** Name of the gradient of a value. */
export function gradientName(name: string): string {
  return `${name}.grad`;
}

/** Values that training changes by gradient. */
export function trainableValues(graph: Graph): ValueId[] {
  return graph.parameters.filter(({ trainable }) => trainable).map(({ value }) => value);
}

/**
 * The graph of a loss and its gradients: outputs are the loss, then `NAME.grad` for every wanted
 * value, then the other outputs of the graph. The shape of a gradient is that of its value but for
 * axes of size 1; its elements are in the same order.
 *
 * @param loss a value of one element
 * @param wanted inputs and parameters (default: all trainable parameters)
 * @throws InputError when the loss does not depend on a wanted value, or through an op that has no
 *   gradient
 *
 * @example
 * ```ts
 * import { differentiate } from "./autodiff.ts";
 * import { GraphBuilder } from "./builder.ts";
 * import assert from "node:assert/strict";
 * const b = new GraphBuilder("square");
 * const x = b.input("x", [1, 1, 1]);
 * const square = b.apply("mul", "square", [x, x], {});
 * const { values, outputs } = differentiate(b.build(square), square, [x]);
 * assert.deepEqual(outputs.map((id) => values[id].name), ["square", "x.grad"]);
 * ```
 */
export function differentiate(
  graph: Graph,
  loss: ValueId,
  wanted: readonly ValueId[] = trainableValues(graph),
): Graph {
  const { name, shape } = graph.values[loss];
  if (elements(shape) !== 1) {
    throw new InputError(`the loss ${name} must be one number, not ${formatShape(shape)}`);
  }
  const b = GraphBuilder.from(graph);
  const varying = dependents(graph, wanted);
  const gradients = new Map<ValueId, ValueId>();
  gradients.set(loss, b.apply("affine", gradientName(name), [loss], { scale: 0, shift: 1 }));
  for (const node of graph.nodes.toReversed()) {
    const dy = gradients.get(node.output);
    if (dy === undefined || !varying.has(node.output)) continue;
    pull(b, node, dy, varying, gradients);
  }
  const names = new Map<ValueId, string>();
  const outputs = wanted.map((id) => {
    const own = graph.values[id].name;
    let gradient = gradients.get(id);
    if (gradient === undefined) throw new InputError(`${name} does not depend on ${own}`);
    // two values may share one gradient, such as the terms of a sum
    if (names.has(gradient)) {
      gradient = b.apply("affine", gradientName(own), [gradient], { scale: 1, shift: 0 });
    }
    names.set(gradient, gradientName(own));
    return gradient;
  });
  const others = graph.outputs.filter((id) => id !== loss);
  return renamed(b.build(loss, ...outputs, ...others), names);
}

/** Everything that depends on some values, themselves included. */
function dependents(graph: Graph, sources: readonly ValueId[]): ReadonlySet<ValueId> {
  const found = new Set(sources);
  for (const { inputs, output } of graph.nodes) {
    if (inputs.some((id) => found.has(id))) found.add(output);
  }
  return found;
}

/** Adds what a node passes on to the gradients of its inputs. */
function pull<K extends OpName>(
  b: GraphBuilder,
  node: Node & NodeOf<K>,
  dy: ValueId,
  varying: ReadonlySet<ValueId>,
  gradients: Map<ValueId, ValueId>,
): void {
  const gradient = GRADIENTS[node.op] as Gradient<K>;
  if (typeof gradient !== "function") {
    throw new InputError(`${node.name} has no gradient (${node.op}): ${gradient.reason}`);
  }
  let made = 0;
  const name = () => `${node.name}.back${made++}`;
  const { attributes, inputs, output } = node;
  const pulls = gradient({
    attributes,
    inputs,
    output,
    dy,
    shape: (id) => b.shape(id),
    apply: (op, read, settings) => b.apply(op, name(), read, settings),
  });
  inputs.forEach((id, i) => {
    const make = pulls[i];
    if (!make || !varying.has(id)) return;
    const known = gradients.get(id);
    const part = make();
    gradients.set(id, known === undefined ? part : b.apply("add", name(), [known, part], {}));
  });
}

/** A graph in which some values and the nodes that make them have other names. */
function renamed(graph: Graph, names: ReadonlyMap<ValueId, string>): Graph {
  const values = graph.values.map((value, id) => ({ ...value, name: names.get(id) ?? value.name }));
  const nodes = graph.nodes.map((node) => ({ ...node, name: names.get(node.output) ?? node.name }));
  return { ...graph, values, nodes };
}
