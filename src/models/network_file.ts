/**
 * A user's own network: a TypeScript file whose default export builds a graph.
 *
 * The file needs to import nothing: the builder is handed to it, and types are erased.
 *
 * ```ts ignore
 * import type { NetworkDefinition } from "./stackbench/mod.ts";
 *
 * export default {
 *   name: "tiny",
 *   dimensions: 2,
 *   spatial: [64, 64],
 *   build(b, x) {
 *     const window = { kernel: [3, 3], stride: [1, 1], padBefore: [1, 1], padAfter: [1, 1] };
 *     const hidden = b.apply("relu", "act", [b.conv("first", x, { channels: 8, ...window })], {});
 *     return b.apply("sigmoid", "out", [b.conv("last", hidden, { channels: 1, ...window })], {});
 *   },
 * } satisfies NetworkDefinition;
 * ```
 *
 * @module
 */

import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { InputError, messageOf, ShapeError, StackbenchError } from "../base/errors.ts";
import { formatShape, sameShape, type Shape } from "../base/shapes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { defineModel, type Dropout, type Model } from "./model.ts";

/** A network that is no part of Stackbench: the default export of its file. */
export interface NetworkDefinition {
  /** Short name, under which results tell of it: letters, digits, `_`, `-`, `.`. */
  readonly name: string;
  /** What it is, in one line (default: that it is a network of one's own). */
  readonly summary?: string;
  /** Spatial axes: 3 for stacks, 2 for slices. */
  readonly dimensions: 2 | 3;
  /** Spatial sizes that it is meant for, (D,) H, W. */
  readonly spatial: readonly number[];
  /** Numbers that (D,) H, W must be multiples of (default: 1). */
  readonly multipleOf?: readonly number[];
  /** Channels of the input, each the same grey values (default: 1; 1 is all that stacks take). */
  readonly inputChannels?: number;
  /** Channels of the output: 1 with a sigmoid (the default), 2 or more with a softmax. */
  readonly outputChannels?: number;
  /** Dropouts of training, by the node after which they stand (default: none). */
  readonly dropouts?: Readonly<Record<string, Dropout>>;
  /**
   * Builds the network.
   *
   * @param b adds layers; parameters get the names of PyTorch's `state_dict`
   * @param x the input, (N, C, (D,) H, W)
   * @returns the probabilities, (N, C, (D,) H, W): what a last sigmoid or softmax gives
   */
  build(b: GraphBuilder, x: ValueId): ValueId;
}

/** First part of the names of all networks from files. */
export const OWN = "own";

/** Whether a name is the path of a network's file. */
export function isNetworkFile(name: string): boolean {
  return /\.(ts|mts|js|mjs)$/.test(name);
}

const size = z.int().min(1);

const definitionSchema = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  summary: z.string().default("a network of one's own"),
  dimensions: z.union([z.literal(2), z.literal(3)]),
  spatial: z.array(size).min(2).max(3),
  multipleOf: z.array(size).optional(),
  inputChannels: size.default(1),
  outputChannels: size.default(1),
  dropouts: z.record(
    z.string(),
    z.strictObject({ kind: z.enum(["element", "channel"]), rate: z.number().min(0).lt(1) }),
  ).default({}),
  build: z.custom<NetworkDefinition["build"]>((value) => typeof value === "function", {
    error: "must be a function that builds the graph",
  }),
});

/**
 * Runs a file and takes the network that it exports.
 *
 * @param folder what a relative path starts from
 * @throws InputError when it cannot be run or its default export is no network
 */
export async function loadNetworkFile(path: string, folder = "."): Promise<Model> {
  const full = isAbsolute(path) ? path : resolve(folder, path);
  let exported: unknown;
  try {
    exported = (await import(pathToFileURL(full).href)).default;
  } catch (error) {
    throw new InputError(`the network ${path} could not be loaded: ${messageOf(error)}`, {
      cause: error,
      advice: "check the path, and that `deno check` finds nothing wrong with the file",
    });
  }
  return networkModel(exported, path);
}

/**
 * A network as a model: the same shape rules, cost table and weights as those that come with
 * Stackbench, but no options.
 *
 * @param where what to call it in errors
 * @throws InputError that names every field that is missing or wrong
 */
export function networkModel(exported: unknown, where: string): Model {
  const parsed = definitionSchema.safeParse(exported);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .map(({ path, message }) => `${path.join(".") || "default export"}: ${message}`);
    throw new InputError(`${where} is no network: ${problems.join("; ")}`, {
      advice: "examples/unet3d.ts is an example",
      details: { problems },
    });
  }
  const { name, summary, dimensions, spatial, outputChannels, inputChannels } = parsed.data;
  const { multipleOf = spatial.map(() => 1), dropouts, build } = parsed.data;
  if (spatial.length !== dimensions || multipleOf.length !== dimensions) {
    throw new InputError(`${where}: spatial and multipleOf need ${dimensions} sizes each`, {
      advice: `a network of ${dimensions} dimensions has ${dimensions === 3 ? "D, H, W" : "H, W"}`,
    });
  }
  return defineModel<Record<never, never>>({
    name: OWN,
    summary: "networks from files of one's own",
    dimensions,
    defaults: {},
    rules: {},
    variants: { [name]: { summary, spatial, settings: {} } },
    conflict: () => undefined,
    illegalSize: (_, sizes) =>
      sizes.every((size, axis) => size % multipleOf[axis] === 0)
        ? undefined
        : `sizes that are multiples of ${formatShape(multipleOf)}`,
    channels: () => ({ input: inputChannels, output: outputChannels }),
    dropouts: () => dropouts,
    graph: (full, _, input) => graphOf(full, build, input, outputChannels, where),
  });
}

function graphOf(
  full: string,
  build: NetworkDefinition["build"],
  input: Shape,
  channels: number,
  where: string,
): Graph {
  const b = new GraphBuilder(full);
  let graph: Graph;
  try {
    graph = b.build(build(b, b.input("x", input)));
  } catch (error) {
    if (error instanceof StackbenchError) throw error;
    throw new InputError(`${where} could not build its graph: ${messageOf(error)}`, {
      cause: error,
      advice: "build(b, x) must return a value that the builder gave",
    });
  }
  requireSound(graph, [input[0], channels, ...input.slice(2)], full);
  return graph;
}

/** Refuses a graph that would run and mean something else than probabilities of this grid. */
function requireSound(graph: Graph, output: Shape, full: string): void {
  const made = graph.values[graph.outputs[0]];
  if (made === undefined) {
    throw new InputError(`build(b, x) of ${full} returned nothing that the builder gave`, {
      advice: "return what one of the calls b.conv(...), b.apply(...) gave",
    });
  }
  const names = graph.nodes.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new InputError(`two nodes of ${full} are named ${twice}`, {
      advice: "give each node a name of its own: weights go by it",
    });
  }
  if (!sameShape(made.shape, output)) {
    throw new ShapeError(
      `${full} must give ${formatShape(output)} (N, C, then the input's sizes); ` +
        `it gives ${formatShape(made.shape)}`,
    );
  }
  const last = graph.nodes.find((node) => node.output === graph.outputs[0]);
  const wanted = output[1] === 1 ? "sigmoid" : "softmax";
  if (last?.op !== wanted) {
    throw new InputError(`${full} must end in a ${wanted}: masks are cut from probabilities`, {
      advice: `return b.apply("${wanted}", "out", [logits], {})`,
    });
  }
}
