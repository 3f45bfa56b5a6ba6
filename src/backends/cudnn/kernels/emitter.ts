/**
 * Emitting the calls of steps: launches of kernels and executions of cuDNN's plans.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { FusedOp, FusedOpOf, PointwiseName, StepOf } from "../../../plan/plan.ts";
import {
  type Address,
  address,
  type Argument,
  i64,
  packArguments,
  type PackedArguments,
  type Scratch,
  scratchOf,
} from "../cuda/arguments.ts";
import type { DataType } from "../cuda/data_type.ts";
import { type Grid, type KernelLaunch, launchKernel, overElements } from "../cuda/launch.ts";
import type { Generated, Program, ProgramName } from "../cuda/programs.ts";
import type { Descriptor } from "../graph_api/descriptors.ts";
import type { ExecutionPlan } from "../graph_api/engines.ts";
import type { Session } from "../graph_api/session.ts";
import { variantPack } from "../graph_api/variant_pack.ts";
import { Autotuner } from "./autotune.ts";
import { type Call, scratchFor, together } from "./call.ts";
import { chainKernel } from "./chain_code.ts";
import { Choice, type Way } from "./choice.ts";
import { type Link, linksOf, type Operand } from "./pointwise_chain.ts";
import type { Tensors } from "./tensors.ts";

export interface Launch<P extends ProgramName> {
  /** Name of the step. */
  readonly context: string;
  /** The program that holds it. */
  readonly program: P;
  readonly kernel: Program<P>;
  /** Element type that the program is compiled for; default: the plan's. */
  readonly type?: DataType;
  readonly args: readonly Argument[];
  /** Blocks along x, y and z. */
  readonly grid: Grid;
  /** Threads of a block along x and y. */
  readonly block: readonly [number, number];
}

/** The slot of cuDNN's workspace. */
const WORKSPACE = 0;

/** The calls of an executable while they are emitted. */
export class Emitter {
  readonly session: Session;
  /** Where tensors live. */
  readonly tensors: Tensors;
  readonly #owned: DisposableStack;
  /** What times the ways of steps; null where nothing is timed. */
  readonly #autotuner: Autotuner | null;
  readonly #choices: Choice[] = [];
  readonly #all: Call[] = [];
  #calls: Call[] = [];

  /** @param owned takes over what is made */
  constructor(session: Session, owned: DisposableStack, tensors: Tensors) {
    this.session = session;
    this.tensors = tensors;
    this.#owned = owned;
    this.#autotuner = session.tuning ? new Autotuner(session.gpu, session.identity) : null;
  }

  /** The calls that a function emits. */
  collect(emit: () => void): Call[] {
    const outer = this.#calls;
    const calls: Call[] = [];
    this.#calls = calls;
    try {
      emit();
    } finally {
      this.#calls = outer;
    }
    return calls;
  }

  /** The calls of a step, or of a transfer. */
  step(emit: () => void): Call[] {
    const calls = this.collect(emit);
    this.#all.push(...calls);
    return calls;
  }

  /**
   * Emits one of several ways to do a step: the fastest, where that is known or can be found out,
   * else the first one that works.
   *
   * @param context name of the step
   * @param key what the step is: equal steps have equal keys
   * @param ways the preferred first; each emits its calls, or gives false where it does not work
   */
  choose(
    context: string,
    key: string,
    ways: readonly { readonly label: string; readonly emit: () => boolean }[],
  ): void {
    const make = ({ label, emit }: typeof ways[number]): Way[] => {
      let works = false;
      const calls = this.collect(() => works = emit());
      return works ? [{ label, call: together(calls) }] : [];
    };
    const known = this.#autotuner?.fastest(key);
    const kept = ways.filter(({ label }) => label === known).flatMap(make);
    if (known !== undefined && kept.length === 0) this.#autotuner?.forget(key);
    const made = kept.length > 0 ? kept : this.#autotuner ? ways.flatMap(make) : first(ways, make);
    const choice = new Choice(key, context, made);
    this.#choices.push(choice);
    this.#calls.push(choice);
  }

  /** Chooses, takes the scratch memory and tells all calls of it; says how many bytes it is. */
  finish(): number {
    this.#autotuner?.tune(this.#choices);
    const slots = scratchFor(this.#all);
    const { memory } = this.session.gpu;
    const addresses = slots.map((bytes) =>
      this.#owned.use(memory.allocate(bytes, "scratch memory")).id
    );
    for (const call of this.#all) call.place(addresses, this.#owned);
    return slots.reduce((sum, bytes) => sum + bytes, 0);
  }

  /**
   * Memory that lasts until the end of a step: every step has the same.
   *
   * @param slot which one, from 1, for a step that needs several at once
   */
  scratch(bytes: number, slot: number): Scratch {
    return { slot, bytes };
  }

  /** Emits the launch of a kernel. */
  launch<P extends ProgramName>(
    { program, kernel, type = this.tensors.type, ...launch }: Launch<P>,
  ): void {
    const id = this.session.gpu.modules.kernel(program, kernel, type);
    this.#launch({ ...launch, kernel, id });
  }

  /** Emits the launch of a kernel that is written for it. */
  launchGenerated(
    program: Generated,
    launch: Omit<Launch<never>, "program" | "kernel" | "type">,
  ): void {
    const id = this.session.gpu.modules.generated(program, this.tensors.type);
    this.#launch({ ...launch, kernel: program.name, id });
  }

  #launch({ args, kernel, ...launch }: Omit<KernelLaunch, "args"> & Pick<Launch<never>, "args">) {
    const { stream } = this.session.gpu;
    let packed: PackedArguments;
    this.#calls.push({
      implementation: kernel,
      scratch: scratchOf(args),
      place: (addresses) => {
        packed = packArguments(args, ({ slot }) => addresses[slot]);
      },
      run: () => launchKernel(stream, { ...launch, kernel, args: packed }),
    });
  }

  /**
   * Emits the launch of a kernel that goes over `n` elements in as many threads as are useful.
   *
   * @param type that the program is compiled for; default: the plan's
   */
  over<P extends ProgramName>(
    context: string,
    program: P,
    kernel: Program<P>,
    n: number,
    args: readonly Argument[],
    type?: DataType,
  ): void {
    const { multiprocessors } = this.session.gpu.facts;
    this.launch({
      context,
      program,
      kernel,
      args,
      ...overElements(n, multiprocessors),
      ...(type ? { type } : {}),
    });
  }

  /**
   * Emits a chain of pointwise operations as one pass.
   *
   * @param links the first loads the running value
   */
  chain(context: string, links: readonly Link[], output: Operand): void {
    const { source, args, threads } = chainKernel(links, output, this.tensors.type);
    const { multiprocessors } = this.session.gpu.facts;
    this.launchGenerated(
      { name: "chain", pieces: ["pointwise", { code: source }] },
      { context, args, ...overElements(threads, multiprocessors) },
    );
  }

  /** Emits the fused ops of a step, from one on, over the step's output. */
  applyEpilogue<K extends OpName>({ name, epilogue, output }: StepOf<K>, from = 0): void {
    const links = this.epilogueLinks(epilogue.slice(from), this.tensors.shape(output));
    if (links.length === 0) return;
    const result = this.activation(output);
    this.chain(name, [{ op: "load", operand: result }, ...links], result);
  }

  epilogueLinks(epilogue: readonly FusedOp[], output: Shape): Link[] {
    return epilogue.flatMap((fused) => this.#fusedLinks(fused, output));
  }

  #fusedLinks<K extends PointwiseName>(
    { op, attributes, operands }: FusedOp & FusedOpOf<K>,
    output: Shape,
  ): Link[] {
    return linksOf(op, attributes, operands, output, this.tensors);
  }

  activation(id: number): Operand {
    const { tensors } = this;
    return {
      address: tensors.activation(id),
      shape: tensors.shape(id),
      type: tensors.typeOf(id),
    };
  }

  /**
   * Emits the execution of a plan.
   *
   * @param bindings addresses by the numbers of the graph's tensors
   */
  execute(
    context: string,
    plan: ExecutionPlan,
    bindings: readonly (readonly [id: number, address: Address])[],
  ): void {
    const { cudnn, handle } = this.session;
    let pack: Descriptor;
    const scratch = scratchOf(bindings.map(([, at]) => address(at)));
    scratch[WORKSPACE] = plan.workspace;
    this.#calls.push({
      implementation: plan.name,
      scratch,
      place: (addresses, owned) => {
        const placed = bindings.map(([id, at]) =>
          [id, typeof at === "bigint" ? at : addresses[at.slot]] as const
        );
        pack = variantPack(cudnn, owned, context, placed, addresses[WORKSPACE]);
      },
      run: () => handle.execute(plan.descriptor, pack, context),
    });
  }
}

/** The first way that works. */
function first<T, W>(ways: readonly T[], make: (way: T) => readonly W[]): readonly W[] {
  for (const way of ways) {
    const made = make(way);
    if (made.length > 0) return made;
  }
  return [];
}
