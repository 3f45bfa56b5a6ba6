/**
 * The engines of operation graphs, and execution plans made of them.
 *
 * @module
 */

import { NativeError } from "../../../base/errors.ts";
import { type Cache, NO_CACHE } from "../cuda/cache.ts";
import { ATTRIBUTE, INTERNAL_ERROR, NOT_SUPPORTED, SUCCESS } from "./constants.ts";
import { Descriptor } from "./descriptors.ts";
import { type Candidate, candidatesOf, isAllowed, isReady, orderOfTrial } from "./candidates.ts";
import { buildGraph } from "./graph_builder.ts";
import type { Cudnn } from "./library.ts";
import { bytesOfGraph, describeGraph, type OperationGraph } from "./operation_graph.ts";

/** What plans are made for. */
export type Target =
  /** A device at hand, by the library's handle. */
  | { readonly handle: bigint }
  /** A device that is not there, by its properties (JSON as the library writes it). */
  | { readonly properties: string };

/** How plans are made. */
export interface EngineOptions {
  /** What keeps plans of engines that are compiled; default: nothing. */
  readonly cache?: Cache;
  /** What tells this device, its driver and libraries from others, for the cache. */
  readonly device?: string;
}

/**
 * Bytes of scratch space that an engine may ask for, for each byte of its graph's tensors: those that
 * put tensors into another order first need one, others want ten.
 */
const MOST_WORKSPACE = 2;

/** Bytes of scratch space that are never too much. */
const LITTLE_WORKSPACE = 64 << 20;

/** The library's engine that does everything, none of it fast: it has no tiles and no tensor cores. */
export const GENERIC_ENGINE = 0;

/** A plan that is ready to execute. */
export interface ExecutionPlan {
  /** The library's descriptor; null for a device that is only described. */
  readonly descriptor: Descriptor | null;
  /** The library's number of its engine. */
  readonly engine: number;
  /** Scratch space that it needs, in bytes. */
  readonly workspace: number;
  /** What it does and which engine does it, such as `cuDNN engine 44: forward + add + relu`. */
  readonly name: string;
}

/** An engine that is ready for a graph, in one of its configurations. */
export interface ReadyEngine {
  /** The library's number of it. */
  readonly engine: number;
  /** What tells it from others of the same graph, such as `44/2`: its third configuration. */
  readonly label: string;
  /** Its plan, made when it is first asked for; undefined where it turns out not to work. */
  plan(): ExecutionPlan | undefined;
}

/** A plan that the library made. */
type MadePlan = ExecutionPlan & { readonly descriptor: Descriptor };

/** A graph as the library has it, and its engine configurations. */
interface KnownGraph {
  /** All that may be taken, the library's favourites first. */
  readonly candidates: readonly Candidate[];
  readonly ready: readonly ReadyEngine[];
}

/** Execution plans, each made when it is first asked for: equal graphs share one. */
export class Engines implements Disposable {
  readonly #cudnn: Cudnn;
  readonly #target: Target;
  readonly #cache: Cache;
  readonly #device: string;
  readonly #owned: DisposableStack;
  readonly #properties: Descriptor | null;
  readonly #graphs = new Map<string, KnownGraph>();
  readonly #compiled = new Map<string, ExecutionPlan | undefined>();

  /** @param target what plans are made for */
  constructor(
    cudnn: Cudnn,
    target: Target,
    { cache = NO_CACHE, device = "" }: EngineOptions = {},
  ) {
    this.#cudnn = cudnn;
    this.#cache = cache;
    this.#device = `cuDNN ${cudnn.version} ${device}`;
    this.#target = target;
    using stack = new DisposableStack();
    this.#properties = "properties" in target
      ? stack.use(new Descriptor(cudnn, "deviceProperties", "the device"))
        .text(ATTRIBUTE.deviceProperties.json, target.properties)
        .finalize()
      : null;
    this.#owned = stack.move();
  }

  /**
   * The engines that the library has ready for a graph and that may be taken, in the order in which
   * they are worth a trial: each engine once, as the library configures it first, then their other
   * configurations.
   *
   * @param context name of the step, to be named in an error
   * @throws NativeError when the graph is wrong, or the library fails
   */
  ready(graph: OperationGraph, context: string): readonly ReadyEngine[] {
    return this.#know(graph, context).ready;
  }

  /**
   * A plan of an engine that the library compiles, which takes a second; undefined where there is
   * none.
   *
   * @param context name of the step, to be named in an error
   * @throws NativeError when the graph is wrong, or the library fails
   */
  compiled(graph: OperationGraph, context: string): ExecutionPlan | undefined {
    const key = JSON.stringify(graph);
    if (!this.#compiled.has(key)) {
      const plan = this.#kept(key, context) ?? this.#compile(key, graph, context);
      this.#compiled.set(key, plan);
    }
    return this.#compiled.get(key);
  }

  #know(graph: OperationGraph, context: string): KnownGraph {
    const key = JSON.stringify(graph);
    const known = this.#graphs.get(key);
    if (known) return known;
    using stack = new DisposableStack();
    const handle = "handle" in this.#target ? this.#target.handle : null;
    const built = this.#build(graph, stack, handle, context);
    const found = built ? candidatesOf(this.#cudnn, built, this.#properties, stack, context) : [];
    // plans refer to their configurations, graphs and tensors, and are destroyed before them
    this.#owned.use(stack.move());
    const candidates = found.filter((one) => isAllowed(one, graph));
    const ready = orderOfTrial(candidates.filter(isReady))
      .map((one) => this.#lazily(one, graph, context));
    const made = { candidates, ready };
    this.#graphs.set(key, made);
    return made;
  }

  /** An engine whose plan is made when it is asked for, and never again where that failed. */
  #lazily(candidate: Candidate, graph: OperationGraph, context: string): ReadyEngine {
    let plan: ExecutionPlan | null | undefined;
    const { engine, label } = candidate;
    const make = () => {
      const made = this.#finalize(candidate, graph, context);
      if (made) this.#owned.use(made.descriptor);
      return made ?? null;
    };
    return { engine, label, plan: () => (plan = plan === undefined ? make() : plan) ?? undefined };
  }

  /** A plan that was compiled by an earlier process; undefined where there is none to be used. */
  #kept(graph: string, context: string): ExecutionPlan | undefined {
    const key = `${this.#device} compiled ${graph}`;
    const entry = this.#cache.get(key);
    if (!entry) return undefined;
    using stack = new DisposableStack();
    const [engine, name, ...json] = new TextDecoder().decode(entry).split("\n");
    const plan = this.#forTarget(stack.use(new Descriptor(this.#cudnn, "executionPlan", context)))
      .text(ATTRIBUTE.executionPlan.json, json.join("\n"));
    const status = plan.tryFinalize();
    if (status !== SUCCESS) {
      this.#cache.discard(key, `cuDNN does not take it (status ${status})`);
      return undefined;
    }
    this.#owned.use(stack.move());
    const workspace = plan.integer(ATTRIBUTE.executionPlan.workspaceSize);
    return { descriptor: plan, engine: Number(engine), workspace, name };
  }

  #compile(key: string, graph: OperationGraph, context: string): ExecutionPlan | undefined {
    for (const candidate of this.#know(graph, context).candidates) {
      const plan = this.#finalize(candidate, graph, context);
      if (!plan) continue;
      this.#owned.use(plan.descriptor);
      if (this.#cache !== NO_CACHE) {
        const json = plan.descriptor.string(ATTRIBUTE.executionPlan.json);
        const bytes = new TextEncoder().encode(`${plan.engine}\n${plan.name}\n${json}`);
        this.#cache.set(`${this.#device} compiled ${key}`, bytes);
      }
      return plan;
    }
    return undefined;
  }

  /** Tells a plan what it is made for. */
  #forTarget(plan: Descriptor): Descriptor {
    const names = ATTRIBUTE.executionPlan;
    if ("handle" in this.#target) plan.handle(names.handle, this.#target.handle);
    if (this.#properties) plan.descriptors(names.deviceProperties, [this.#properties]);
    return plan;
  }

  /** Builds a graph; undefined where the library says that nothing does this. */
  #build(
    graph: OperationGraph,
    owned: DisposableStack,
    handle: bigint | null,
    context: string,
  ): Descriptor | undefined {
    try {
      return buildGraph(this.#cudnn, owned, graph, handle, context);
    } catch (error) {
      if (error instanceof NativeError && unsupported(error.details.status)) return undefined;
      throw error;
    }
  }

  /** A plan of a configuration; undefined where it does not work, or wants too much memory. */
  #finalize(
    { configuration, engine }: Candidate,
    graph: OperationGraph,
    context: string,
  ): MadePlan | undefined {
    using stack = new DisposableStack();
    const names = ATTRIBUTE.executionPlan;
    const descriptor = stack.use(new Descriptor(this.#cudnn, "executionPlan", context))
      .descriptors(names.configuration, [configuration]);
    if (this.#forTarget(descriptor).tryFinalize() !== SUCCESS) return undefined;
    const workspace = descriptor.integer(names.workspaceSize);
    if (workspace > MOST_WORKSPACE * bytesOfGraph(graph) + LITTLE_WORKSPACE) return undefined;
    stack.move();
    const name = `cuDNN engine ${engine}: ${describeGraph(graph)}`;
    return { descriptor, engine, workspace, name };
  }

  /** Destroys all plans, then what they are made of. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

function unsupported(status: unknown): boolean {
  return typeof status === "number" && status >= NOT_SUPPORTED && status < INTERNAL_ERROR;
}
