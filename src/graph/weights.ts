/**
 * Weights of a graph: drawn from a seed, or given by name.
 *
 * @module
 */

import { allocate } from "../base/dtypes.ts";
import { InputError } from "../base/errors.ts";
import { createHash } from "node:crypto";
import { elements, formatShape, sameShape, type Shape } from "../base/shapes.ts";
import { random } from "../base/random.ts";
import { indexSafetensors } from "../tensor/safetensors.ts";
import { asFloat32, type Tensor, tensor, type Tensors } from "../tensor/tensor.ts";
import type { Graph, Initializer } from "./graph.ts";

/** Gives the tensor of a parameter by its name; may make it on the spot, so ask once. */
export type WeightSource = (name: string) => Tensor;

/** Names in a PyTorch `state_dict` that carry nothing for inference. */
const BOOKKEEPING = /\.num_batches_tracked$/;

/**
 * Weights drawn from a seed: each parameter from a stream of its own, so that their order does not
 * matter. Made when asked for, so that a large model is never held twice.
 */
export function seededWeights(graph: Graph, seed: number): WeightSource {
  const inits = new Map(graph.parameters.map(({ value, init }) => {
    const { name, shape } = graph.values[value];
    return [name, { shape, init }] as const;
  }));
  return (name) => {
    const { shape, init } = inits.get(name)!;
    return tensor("f32", shape, draw(shape, init, seed, name));
  };
}

function draw(
  shape: Shape,
  init: Initializer,
  seed: number,
  name: string,
): Float32Array<ArrayBuffer> {
  const data = allocate("f32", elements(shape));
  if (init.kind === "constant") return init.value === 0 ? data : data.fill(init.value);
  const deviation = Math.sqrt(2 / init.fanIn);
  const stream = random(seed, "weights", name);
  for (let i = 0; i < data.length; i++) {
    let z = stream.normal();
    while (Math.abs(z) > 2) z = stream.normal();
    data[i] = deviation * z;
  }
  return data;
}

/**
 * Weights by their PyTorch `state_dict` names.
 *
 * @throws InputError that names every missing, extra or misshapen tensor
 */
export function namedWeights(graph: Graph, tensors: Tensors): WeightSource {
  requireFit(graph, tensors);
  return (name) => tensors.get(name)!;
}

/**
 * Weights in a safetensors file by their PyTorch `state_dict` names. Each is read when asked for, so
 * that a large model is never held twice.
 *
 * @throws InputError that names the file, or every missing, extra or misshapen tensor
 */
export function storedWeights(graph: Graph, path: string): WeightSource {
  const { tensors } = indexSafetensors(path);
  requireFit(graph, tensors);
  return (name) => tensors.get(name)!.read();
}

function requireFit(graph: Graph, tensors: ReadonlyMap<string, Pick<Tensor, "shape">>): void {
  const problems: string[] = [];
  const expected = new Set<string>();
  for (const { value } of graph.parameters) {
    const { name, shape } = graph.values[value];
    expected.add(name);
    const found = tensors.get(name);
    if (!found) problems.push(`missing ${name} (${formatShape(shape)})`);
    else if (!sameShape(found.shape, shape)) {
      problems.push(
        `${name} must be ${formatShape(shape)}, not ${formatShape(found.shape)}`,
      );
    }
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name) && !BOOKKEEPING.test(name)) problems.push(`extra ${name}`);
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, 8).join("; ");
    const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
    throw new InputError(`the weights do not fit ${graph.name}: ${shown}${more}`, {
      advice: `stackbench models ${graph.name} lists the layers; names are those of PyTorch's ` +
        "state_dict",
      details: { problems },
    });
  }
}

/** SHA-256 of all weights: names, shapes and single-precision values, in the graph's order. */
export function weightsHash(graph: Graph, weights: WeightSource): string {
  const hash = createHash("sha256");
  for (const { value } of graph.parameters) {
    const { name, shape } = graph.values[value];
    hash.update(`${name} ${formatShape(shape)}\n`);
    const data = asFloat32(weights(name));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}
