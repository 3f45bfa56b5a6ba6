/**
 * Finding an engine for an operation graph, and making an execution plan of it.
 *
 * @module
 */

import { NativeError } from "../../../base/errors.ts";
import { type Cache, NO_CACHE } from "../cuda/cache.ts";
import {
  ATTRIBUTE,
  CALLS_CUBLAS,
  COMPILES_AT_RUN_TIME,
  HEURISTIC,
  INTERNAL_ERROR,
  NOT_SUPPORTED,
  NUMERICAL_NOTE,
  SUCCESS,
} from "./constants.ts";
import { Descriptor } from "./descriptors.ts";
import { buildGraph } from "./graph_builder.ts";
import type { Cudnn } from "./library.ts";
import { describeGraph, type OperationGraph } from "./operation_graph.ts";

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
  /** What times plans on the device; default: the first engine that the library names is taken. */
  readonly timePlans?: PlanTimer;
}

/**
 * Seconds that each of some plans for a graph takes; infinite for one that fails, or for which there
 * is no room.
 */
export type PlanTimer = (
  plans: readonly ExecutionPlan[],
  spec: OperationGraph,
  context: string,
) => number[];

/** Engines of a graph that are tried: the library names the best ones first. */
const MOST_TRIED = 6;

/** What a later engine must save to be taken: less is noise. */
const WORTHWHILE = 0.03;

/**
 * Notes of engines that are never taken: factors of another type than was asked for (tf32 is not
 * noted so), sums in less than single precision, and sums whose order changes from run to run.
 */
const RULED_OUT: ReadonlySet<number> = new Set([
  NUMERICAL_NOTE.downConverts,
  NUMERICAL_NOTE.reducedPrecisionReduction,
  NUMERICAL_NOTE.fft,
  NUMERICAL_NOTE.nondeterministic,
]);

/** Which engines may be taken. */
export type EngineKind =
  /** Those that the library has ready. */
  | "precompiled"
  /** Also those that it compiles, which takes a second each. */
  | "any";

/** A plan that is ready to execute. */
export interface ExecutionPlan {
  /** The library's descriptor. */
  readonly descriptor: Descriptor;
  /** Scratch space that it needs, in bytes. */
  readonly workspace: number;
  /** What it does and which engine does it, such as `cuDNN engine 44: forward + add + relu`. */
  readonly name: string;
}

/** An engine configuration with what is known of its engine. */
interface Candidate {
  readonly configuration: Descriptor;
  readonly engine: number;
  readonly numericalNotes: readonly number[];
  readonly behaviorNotes: readonly number[];
}

/** A plan with what it needs besides its configuration. */
interface Made {
  readonly plan: ExecutionPlan;
  readonly owned: DisposableStack;
}

/** Execution plans, each made when it is first asked for: equal graphs share one. */
export class Engines implements Disposable {
  readonly #cudnn: Cudnn;
  readonly #target: Target;
  readonly #cache: Cache;
  readonly #device: string;
  readonly #timePlans: PlanTimer | undefined;
  readonly #owned: DisposableStack;
  readonly #properties: Descriptor | null;
  readonly #plans = new Map<string, ExecutionPlan | null>();

  constructor(
    cudnn: Cudnn,
    target: Target,
    { cache = NO_CACHE, device = "", timePlans }: EngineOptions = {},
  ) {
    this.#cudnn = cudnn;
    this.#cache = cache;
    this.#timePlans = timePlans;
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
   * A plan for a graph; undefined where no engine that may be taken does it.
   *
   * @param context name of the step, to be named in an error
   * @throws NativeError when the graph is wrong, or the library fails
   */
  find(spec: OperationGraph, kind: EngineKind, context: string): ExecutionPlan | undefined {
    const key = `${kind} ${JSON.stringify(spec)}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      // plans of engines that are ready are made faster than they are read
      plan = kind === "any"
        ? this.#kept(key, context) ?? this.#keep(key, this.#search(spec, kind, context))
        : this.#search(spec, kind, context);
      this.#plans.set(key, plan);
    }
    return plan ?? undefined;
  }

  /** A plan that was compiled by an earlier process; null where there is none that can be used. */
  #kept(graph: string, context: string): ExecutionPlan | null {
    const key = `${this.#device} ${graph}`;
    const entry = this.#cache.get(key);
    if (!entry) return null;
    using stack = new DisposableStack();
    const [name, ...json] = new TextDecoder().decode(entry).split("\n");
    const plan = this.#forTarget(stack.use(new Descriptor(this.#cudnn, "executionPlan", context)))
      .text(ATTRIBUTE.executionPlan.json, json.join("\n"));
    const status = plan.tryFinalize();
    if (status !== SUCCESS) {
      this.#cache.discard(key, `cuDNN does not take it (status ${status})`);
      return null;
    }
    this.#owned.use(stack.move());
    return {
      descriptor: plan,
      workspace: plan.integer(ATTRIBUTE.executionPlan.workspaceSize),
      name,
    };
  }

  #keep(graph: string, plan: ExecutionPlan | null): ExecutionPlan | null {
    if (plan && this.#cache !== NO_CACHE) {
      const json = plan.descriptor.string(ATTRIBUTE.executionPlan.json);
      const bytes = new TextEncoder().encode(`${plan.name}\n${json}`);
      this.#cache.set(`${this.#device} ${graph}`, bytes);
    }
    return plan;
  }

  /** Tells a plan what it is made for. */
  #forTarget(plan: Descriptor): Descriptor {
    const names = ATTRIBUTE.executionPlan;
    if ("handle" in this.#target) plan.handle(names.handle, this.#target.handle);
    if (this.#properties) plan.descriptors(names.deviceProperties, [this.#properties]);
    return plan;
  }

  #search(spec: OperationGraph, kind: EngineKind, context: string): ExecutionPlan | null {
    using temporary = new DisposableStack();
    const handle = "handle" in this.#target ? this.#target.handle : null;
    const graph = this.#build(spec, temporary, handle, context);
    if (!graph) return null;
    const candidates = this.#allowed(graph, spec, kind, temporary, context);
    const made = kind === "precompiled" && this.#timePlans
      ? this.#fastest(candidates, spec, this.#timePlans, context)
      : this.#first(candidates, spec, context);
    if (!made) return null;
    // the plan refers to its configuration, its graph and their tensors
    this.#owned.use(temporary.move());
    this.#owned.use(made.owned);
    return made.plan;
  }

  #first(candidates: Iterable<Candidate>, spec: OperationGraph, context: string): Made | undefined {
    for (const candidate of candidates) {
      const made = this.#finalize(candidate, spec, context);
      if (made) return made;
    }
    return undefined;
  }

  /** The engine that was found the fastest earlier, else that which now is. */
  #fastest(
    candidates: Iterable<Candidate>,
    spec: OperationGraph,
    timePlans: PlanTimer,
    context: string,
  ): Made | undefined {
    const key = `${this.#device} fastest ${JSON.stringify(spec)}`;
    const pinned = this.#cache.get(key);
    const all = [...candidates];
    if (pinned) {
      const [index, engine] = new TextDecoder().decode(pinned).split(" ").map(Number);
      const candidate = all[index];
      const made = candidate && candidate.engine === engine &&
        this.#finalize(candidate, spec, context);
      if (made) return made;
      this.#cache.discard(key, "cuDNN does not know this engine any more");
    }
    using rest = new DisposableStack();
    const made: (Made & { readonly index: number })[] = [];
    for (const [index, candidate] of all.entries()) {
      if (made.length === MOST_TRIED) break;
      const one = this.#finalize(candidate, spec, context);
      if (one) made.push({ ...one, index, owned: rest.use(one.owned) });
    }
    if (made.length === 0) return undefined;
    // the first is the library's own choice
    let [best, least] = [made[0], Infinity];
    const seconds = made.length > 1 ? timePlans(made.map(({ plan }) => plan), spec, context) : [];
    seconds.forEach((each, i) => {
      if (each < least * (1 - WORTHWHILE)) [best, least] = [made[i], each];
    });
    if (least < Infinity) {
      this.#cache.set(key, new TextEncoder().encode(`${best.index} ${all[best.index].engine}`));
    }
    return { plan: best.plan, owned: best.owned.move() };
  }

  /** Builds a graph; undefined where the library says that nothing does this. */
  #build(
    spec: OperationGraph,
    owned: DisposableStack,
    handle: bigint | null,
    context: string,
  ): Descriptor | undefined {
    try {
      return buildGraph(this.#cudnn, owned, spec, handle, context);
    } catch (error) {
      if (error instanceof NativeError && unsupported(error.details.status)) return undefined;
      throw error;
    }
  }

  /** Engine configurations that may be taken, those that the library thinks the best first. */
  *#allowed(
    graph: Descriptor,
    spec: OperationGraph,
    kind: EngineKind,
    owned: DisposableStack,
    context: string,
  ): Generator<Candidate> {
    for (const mode of [HEURISTIC.best, HEURISTIC.fallback]) {
      for (const candidate of this.#candidates(graph, mode, owned, context)) {
        if (allowed(candidate, kind, spec)) yield candidate;
      }
    }
  }

  /** Engine configurations of one way to guess, those that it thinks the best first. */
  *#candidates(
    graph: Descriptor,
    mode: number,
    owned: DisposableStack,
    context: string,
  ): Generator<Candidate> {
    const { heuristics: names } = ATTRIBUTE;
    const heuristics = owned.use(new Descriptor(this.#cudnn, "heuristics", context))
      .descriptors(names.graph, [graph])
      .choice(names.mode, "heuristicMode", mode);
    if (this.#properties) heuristics.descriptors(names.deviceProperties, [this.#properties]);
    // a graph that no engine knows is refused here
    if (heuristics.tryFinalize() !== SUCCESS) return;
    const count = heuristics.count(names.results, "descriptor");
    const configurations = Array.from(
      { length: count },
      () => owned.use(new Descriptor(this.#cudnn, "engineConfiguration", context)),
    );
    const filled = count > 0 ? heuristics.fill(names.results, configurations) : 0;
    for (const configuration of configurations.slice(0, filled)) {
      const engine = owned.use(new Descriptor(this.#cudnn, "engine", context));
      configuration.fill(ATTRIBUTE.engineConfiguration.engine, [engine]);
      yield {
        configuration,
        engine: engine.integer(ATTRIBUTE.engine.index),
        numericalNotes: engine.notes(ATTRIBUTE.engine.numericalNotes, "numericalNote"),
        behaviorNotes: engine.notes(ATTRIBUTE.engine.behaviorNotes, "behaviorNote"),
      };
    }
  }

  /** Makes a plan of a configuration; undefined where it turns out not to work, whatever the reason. */
  #finalize(
    { configuration, engine }: Candidate,
    spec: OperationGraph,
    context: string,
  ): Made | undefined {
    using stack = new DisposableStack();
    const names = ATTRIBUTE.executionPlan;
    const descriptor = stack.use(new Descriptor(this.#cudnn, "executionPlan", context))
      .descriptors(names.configuration, [configuration]);
    if (this.#forTarget(descriptor).tryFinalize() !== SUCCESS) return undefined;
    const workspace = descriptor.integer(names.workspaceSize);
    const name = `cuDNN engine ${engine}: ${describeGraph(spec)}`;
    return { plan: { descriptor, workspace, name }, owned: stack.move() };
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

function unsupported(status: unknown): boolean {
  return typeof status === "number" && status >= NOT_SUPPORTED && status < INTERNAL_ERROR;
}

function allowed(
  { numericalNotes, behaviorNotes }: Candidate,
  kind: EngineKind,
  { tensorCores }: OperationGraph,
): boolean {
  if (numericalNotes.some((note) => RULED_OUT.has(note))) return false;
  // which read factors of single precision with 10 bits behind the first
  if (!tensorCores && numericalNotes.includes(NUMERICAL_NOTE.tensorCore)) return false;
  // another library of half a gigabyte, without which cuDNN ends the process
  if (behaviorNotes.includes(CALLS_CUBLAS)) return false;
  return kind === "any" || !behaviorNotes.includes(COMPILES_AT_RUN_TIME);
}
