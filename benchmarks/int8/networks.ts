/**
 * Networks in single precision, in bf16 and on int8 grids, and what stands around them.
 *
 * @module
 */

import type { Backend, Bindings, Executable, Precision } from "../../src/backends/mod.ts";
import { compile } from "../../src/backends/mod.ts";
import { type Graph, loadWeights, type ValueId, type WeightSource } from "../../src/graph/mod.ts";
import { confusion, dice } from "../../src/metrics/overlap.ts";
import { buildModel, type BuiltModel } from "../../src/models/mod.ts";
import { networkShape, segmentNetworkScan } from "../../src/segmentation/mod.ts";
import { elements } from "../../src/base/shapes.ts";
import { type Grid, gridFor } from "./grid.ts";
import { type Layer, layersOf, observed, quantised } from "./quantised_graph.ts";
import { quantisedWeights } from "./quantised_weights.ts";
import { Magnitudes } from "./ranges.ts";
import type { Scan } from "../scans.ts";

/** Probability from which on a voxel is foreground, as in every suite. */
const THRESHOLD = 0.2;

/** Which layers are on int8 grids. */
export const VARIANTS = ["all", "inner"] as const;

/** `inner`: all but the first and the last. */
export type Variant = typeof VARIANTS[number];

/** A model with trained weights. */
export interface Trained {
  readonly model: BuiltModel;
  readonly weights: WeightSource;
}

/** The small V-Net (stacks of 32 slices) or the small U-Net (16 slices at once) with weights. */
export function trained(name: "vnet:small" | "unet:small", path: string): Trained {
  const spatial = name === "vnet:small" ? [32, 128, 128] : [128, 128];
  const model = buildModel(name, {
    spatial,
    batch: name === "vnet:small" ? 1 : 16,
    options: {},
  });
  return { model, weights: loadWeights(model.graph, path).source };
}

/** Ranges of all that layers read, by value. */
export type Ranges = ReadonlyMap<ValueId, Magnitudes>;

/** What flows into layers while a network runs over scans. */
export async function calibrate(
  backend: Backend,
  { model, weights }: Trained,
  scans: readonly Scan[],
): Promise<Ranges> {
  const { graph, sites } = observed(model.graph);
  using executable = compile(backend, graph, weights);
  const ranges = new Map([...graph.inputs, ...sites].map((id) => [id, new Magnitudes()]));
  const outputs = executable.outputs.map(({ shape }) => new Float32Array(elements(shape)));
  const watching = wrapped(executable, (inputs, wanted) => {
    const bindings = Object.fromEntries(
      executable.outputs.map(({ name }, i) => [name, i === 0 ? wanted[name] : outputs[i]]),
    );
    executable.run(inputs, bindings);
    ranges.get(graph.inputs[0])!.add(onlyInput(executable, inputs));
    sites.forEach((id, i) => ranges.get(id)!.add(outputs[i + 1]));
  });
  for (const scan of scans) await maskOf(watching, model, scan);
  return ranges;
}

/** The layers of a variant. */
export function layersIn(graph: Graph, variant: Variant): ReadonlySet<Layer> {
  const layers = layersOf(graph);
  return new Set(variant === "all" ? layers : layers.slice(1, -1));
}

/** A network whose layers compute on int8 grids that reach to a share of all magnitudes. */
export function onGrids(
  backend: Backend,
  { model, weights }: Trained,
  ranges: Ranges,
  variant: Variant,
  share: number,
): Executable {
  const layers = layersIn(model.graph, variant);
  const grids = new Map<ValueId, Grid>(
    [...ranges].map(([id, range]) => [id, gridFor(range.reaching(share), range.signed)]),
  );
  return compile(
    backend,
    quantised(model.graph, layers, grids),
    quantisedWeights(model.graph, layers, weights),
  );
}

/** A network as it is. */
export function plain(
  backend: Backend,
  { model, weights }: Trained,
  precision: Precision,
): Executable {
  return compile(backend, model.graph, weights, precision);
}

/** Dice of each scan on the plane of the network; null where it is undefined. */
export async function diceOf(
  executable: Executable,
  model: BuiltModel,
  scans: readonly Scan[],
): Promise<(number | null)[]> {
  const values: (number | null)[] = [];
  for (const scan of scans) {
    values.push(dice(confusion(await maskOf(executable, model, scan), scan.truth)).value);
  }
  return values;
}

/** A network that writes its inputs to a file instead, one after another, and gives zeros. */
export function recorder(backend: Backend, from: Trained, file: Deno.FsFile): Executable {
  const executable = plain(backend, from, "fp32");
  return wrapped(executable, (inputs) => {
    const { buffer, byteOffset, byteLength } = onlyInput(executable, inputs);
    let bytes = new Uint8Array(buffer, byteOffset, byteLength);
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
  });
}

/** A network that gives what a file holds, one output after another. */
export function player(backend: Backend, from: Trained, file: Deno.FsFile): Executable {
  const executable = plain(backend, from, "fp32");
  const [{ name }] = executable.outputs;
  return wrapped(executable, (_, outputs) => {
    const { buffer, byteOffset, byteLength } = outputs[name];
    let bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    while (bytes.length > 0) {
      const read = file.readSync(bytes);
      if (read === null) throw new Error("the peer gave fewer outputs than it was given inputs");
      bytes = bytes.subarray(read);
    }
  });
}

async function maskOf(executable: Executable, model: BuiltModel, scan: Scan): Promise<Uint8Array> {
  const network = { ...networkShape(model), executable };
  const { mask } = await segmentNetworkScan(scan, network, { threshold: THRESHOLD });
  return mask;
}

function onlyInput({ inputs: [{ name }] }: Executable, given: Bindings): Float32Array<ArrayBuffer> {
  return given[name] as Float32Array<ArrayBuffer>;
}

/** An executable that does something else when it is run; disposing of it disposes of the first. */
function wrapped(executable: Executable, run: Executable["run"]): Executable {
  const { inputs, outputs, steps, memory } = executable;
  return {
    inputs,
    outputs,
    steps,
    memory,
    run,
    load: (weights) => executable.load(weights),
    profile: (given, wanted) => executable.profile(given, wanted),
    [Symbol.dispose]: () => executable[Symbol.dispose](),
  };
}
