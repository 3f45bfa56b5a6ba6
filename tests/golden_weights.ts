/**
 * Golden weights by formula, the same one as `fixtures/golden/golden_weights.py`: too large to be
 * stored, they are made on both sides and pinned by a checksum.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { elements, formatShape, type Shape } from "../src/base/shapes.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { tensor } from "../src/tensor/tensor.ts";

/** What golden weights are made from. */
export interface GoldenRecipe {
  /** Seed of every tensor. */
  readonly seed: number;
  /** Power of two by layer, by which its weight is multiplied. */
  readonly gains: Readonly<Record<string, number>>;
  /** Number by layer, which is added to its bias. */
  readonly shifts: Readonly<Record<string, number>>;
}

/** Weights of a graph, made when asked for. */
export function goldenWeights(graph: Graph, recipe: GoldenRecipe): WeightSource {
  const shapes = new Map(graph.parameters.map(({ value }) => {
    const { name, shape } = graph.values[value];
    return [name, shape] as const;
  }));
  return (name) => {
    const shape = shapes.get(name)!;
    return tensor("f32", shape, goldenArray(name, shape, recipe));
  };
}

/** SHA-256 over names, shapes and elements, by name. */
export function goldenChecksum(graph: Graph, weights: WeightSource): string {
  const hash = createHash("sha256");
  const names = graph.parameters.map(({ value }) => graph.values[value].name).sort();
  for (const name of names) {
    const { shape, data } = weights(name);
    hash.update(`${name} ${formatShape(shape)}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function goldenArray(
  name: string,
  shape: Shape,
  { seed, gains, shifts }: GoldenRecipe,
): Float32Array<ArrayBuffer> {
  const dot = name.lastIndexOf(".");
  const [layer, part] = [name.slice(0, dot), name.slice(dot + 1)];
  let [offset, scale] = offsetAndScale(name, part, shape);
  if (part === "weight") scale *= 2 ** (gains[layer] ?? 0);
  if (part === "bias") offset += shifts[layer] ?? 0;
  const data = uniform(seed, name, elements(shape), offset, scale);
  if (shape[0] === 1 && shape[1] === 2) {
    for (let i = 0; i < data.length / 2; i++) data[i] *= 8;
  }
  if (name.endsWith("fc1.weight")) {
    for (let i = 0; i < shape[1]; i++) data[i] = -Math.abs(data[i]);
  }
  return data;
}

function offsetAndScale(name: string, part: string, shape: Shape): [number, number] {
  if (part === "running_var") return [1.25, 0.75];
  if (part === "alpha") return [0.25, 0.5];
  if (shape.length === 1) return part === "weight" ? [1, 0.5] : [0, 0.5];
  const fanIn = name.includes("deconv")
    ? shape[0] * elements(shape.slice(2)) / 2 ** (shape.length - 2)
    : elements(shape.slice(1));
  return [0, Math.sqrt(3 / fanIn)];
}

/** offset + scale * u in single precision, with u uniform in (-1, 1) by a hash of the index. */
export function uniform(
  seed: number,
  name: string,
  count: number,
  offset: number,
  scale: number,
): Float32Array<ArrayBuffer> {
  let key = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}:${name}`)) {
    key = Math.imul(key ^ byte, 0x01000193);
  }
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let h = (key + Math.imul(i, 0x9e3779b9)) | 0;
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
    data[i] = offset + scale * ((2 * (h >>> 8) + 1 - 2 ** 24) / 2 ** 24);
  }
  return data;
}
