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
import { indexSafetensors, type StoredType } from "../tensor/mod.ts";
import { asFloat32, type Tensor, tensor, type Tensors } from "../tensor/tensor.ts";
import type { Graph, Initializer } from "./graph.ts";
import { requireSound } from "./sound_weights.ts";

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
 * @throws InputError that names every missing, extra or misshapen tensor, or the first that cannot
 *   be right
 */
export function namedWeights(graph: Graph, tensors: Tensors): WeightSource {
  requireFit(graph, tensors);
  return checked((name) => tensors.get(name)!);
}

/** Weights from a file. */
export interface LoadedWeights {
  /** Gives them; each is read from the file when asked for, and checked the first time. */
  readonly source: WeightSource;
  /** What was done to them that one should know, in words. */
  readonly notes: readonly string[];
}

/** How the weights of a file are named. */
export interface LoadWeightsOptions {
  /** What stands before each name and is left out, such as `module.` (default: nothing). */
  readonly stripPrefix?: string;
}

/**
 * Weights in a safetensors file by their PyTorch `state_dict` names. Each is read when asked for, so
 * that a large model is never held twice.
 *
 * @throws InputError that names the file, every missing, extra or misshapen tensor, or one that
 *   holds integers; the source throws one for a tensor that cannot be right
 */
export function loadWeights(
  graph: Graph,
  path: string,
  { stripPrefix = "" }: LoadWeightsOptions = {},
): LoadedWeights {
  const { tensors: stored } = indexSafetensors(path);
  const tensors = withoutPrefix(stored, stripPrefix);
  requireFit(graph, tensors);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  for (const name of names) requireFloating(name, tensors.get(name)!.type);
  return {
    source: checked((name) => tensors.get(name)!.read()),
    notes: conversions(names.map((name) => tensors.get(name)!.type)),
  };
}

/** Names without what stands before them, but for those that do not begin so. */
function withoutPrefix<T>(tensors: ReadonlyMap<string, T>, prefix: string): ReadonlyMap<string, T> {
  return new Map([...tensors].map(([name, one]) => [
    name.startsWith(prefix) ? name.slice(prefix.length) : name,
    one,
  ]));
}

/** Sources that look at what they give. */
const CHECKED = new WeakSet<WeightSource>();

/**
 * The source, but that looks at each weight when it is first asked for.
 *
 * @throws InputError, when asked for a weight that cannot be right
 */
export function checked(source: WeightSource): WeightSource {
  if (CHECKED.has(source)) return source;
  const sound = new Set<string>();
  const looking = (name: string): Tensor => {
    const found = source(name);
    if (!sound.has(name)) {
      requireSound(name, found);
      sound.add(name);
    }
    return found;
  };
  CHECKED.add(looking);
  return looking;
}

const FLOATING: readonly StoredType[] = ["F32", "F16", "BF16", "F64"];

function requireFloating(name: string, type: StoredType): void {
  if (FLOATING.includes(type)) return;
  throw new InputError(`the weight ${name} holds integers (${type}), not floating-point numbers`, {
    advice: "quantised weights are not read: save the state_dict in single precision",
    details: { tensor: name },
  });
}

/** What is read as another type than it is stored as. */
function conversions(types: readonly StoredType[]): string[] {
  return FLOATING.slice(1).flatMap((type) => {
    const count = types.filter((other) => other === type).length;
    return count === 0
      ? []
      : [`${count} of ${types.length} weights are stored as ${type} and computed with as fp32`];
  });
}

function requireFit(graph: Graph, tensors: ReadonlyMap<string, Pick<Tensor, "shape">>): void {
  const expected = new Map(graph.parameters.map(({ value }) => {
    const { name, shape } = graph.values[value];
    return [name, shape] as const;
  }));
  const problems: string[] = [];
  for (const [name, shape] of expected) {
    const found = tensors.get(name);
    if (!found) problems.push(`missing ${name} (${formatShape(shape)})`);
    else if (!sameShape(found.shape, shape)) {
      problems.push(
        `${name} must be ${formatShape(shape)}, not ${formatShape(found.shape)}`,
      );
    }
  }
  const names = [...tensors.keys()];
  for (const name of names) {
    if (!expected.has(name) && !BOOKKEEPING.test(name)) problems.push(`extra ${name}`);
  }
  if (problems.length === 0) return;
  const prefix = prefixOf(names, [...expected.keys()]);
  if (prefix !== undefined) {
    throw new InputError(
      `the names of the weights begin with ${prefix}, those of ${graph.name} don't`,
      {
        advice: `add --strip-prefix ${prefix} (in a suite: "stripPrefix": "${prefix}")`,
        details: { prefix },
      },
    );
  }
  const shown = problems.slice(0, 8).join("; ");
  const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
  throw new InputError(`the weights do not fit ${graph.name}: ${shown}${more}`, {
    advice: `stackbench models ${graph.name} lists the layers; names are those of PyTorch's ` +
      "state_dict",
    details: { problems },
  });
}

/** What stands before all names that are expected, as wrappers put it there; undefined if nothing. */
function prefixOf(names: readonly string[], expected: readonly string[]): string | undefined {
  const [first] = expected;
  const known = new Set(names);
  return names.filter((name) => name !== first && name.endsWith(`.${first}`))
    .map((name) => name.slice(0, -first.length))
    .find((prefix) => expected.every((name) => known.has(prefix + name)));
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
