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
  type Scratch,
} from "../cuda/arguments.ts";
import type { DataType } from "../cuda/data_type.ts";
import { type Grid, launchKernel, overElements } from "../cuda/launch.ts";
import type { Program, ProgramName } from "../cuda/programs.ts";
import type { Descriptor } from "../graph_api/descriptors.ts";
import type { ExecutionPlan } from "../graph_api/engines.ts";
import type { Session } from "../graph_api/session.ts";
import { variantPack } from "../graph_api/variant_pack.ts";
import { chainArgument, type Link, linksOf, MOST_LINKS, type Operand } from "./pointwise_chain.ts";
import type { Tensors } from "./tensors.ts";

/** Something to do whenever the executable runs. */
export interface Call {
  /** What does it. */
  readonly implementation: string;
  /** Submits it to the stream. */
  run(): void;
}

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
  /** Bytes of each slot of scratch memory. */
  readonly #scratch: number[] = [0];
  readonly #addresses: bigint[] = [];
  /** What waits for the addresses of scratch memory. */
  readonly #waiting: (() => void)[] = [];
  #calls: Call[] = [];

  /** Starts with no calls; `owned` takes over what is made. */
  constructor(session: Session, owned: DisposableStack, tensors: Tensors) {
    this.session = session;
    this.tensors = tensors;
    this.#owned = owned;
  }

  /** The calls that a function emits. */
  collect(emit: () => void): Call[] {
    this.#calls = [];
    emit();
    return this.#calls;
  }

  /** Takes the scratch memory and finishes what waited for it; says how many bytes it is. */
  finish(): number {
    for (const bytes of this.#scratch) {
      const memory = this.#owned.use(this.session.gpu.memory.allocate(bytes, "scratch memory"));
      this.#addresses.push(memory.id);
    }
    for (const place of this.#waiting) place();
    return this.#scratch.reduce((sum, bytes) => sum + bytes, 0);
  }

  /**
   * Memory that lasts until the end of a step: every step has the same.
   *
   * @param slot which one, from 1, for a step that needs several at once
   */
  scratch(bytes: number, slot: number): Scratch {
    this.#scratch[slot] = Math.max(this.#scratch[slot] ?? 0, bytes);
    return { slot };
  }

  /** Emits the launch of a kernel. */
  launch<P extends ProgramName>(
    { context, program, kernel, type = this.tensors.type, args, grid, block }: Launch<P>,
  ): void {
    const { gpu } = this.session;
    const id = gpu.modules.kernel(program, kernel, type);
    let packed: ReturnType<typeof packArguments>;
    this.#waiting.push(() => {
      packed = packArguments(args, ({ slot }) => this.#addresses[slot]);
    });
    this.#calls.push({
      implementation: kernel,
      run: () => launchKernel(gpu.stream, { context, kernel, id, grid, block, args: packed }),
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
   * Emits a chain of pointwise operations, in as many passes as it needs.
   *
   * @param links the first loads the running value
   */
  chain(context: string, links: readonly Link[], output: Operand): void {
    for (let from = 0; from < links.length;) {
      const resumed: Link[] = from === 0 ? [] : [{ op: "load", operand: output }];
      const part = [...resumed, ...links.slice(from, from + MOST_LINKS - resumed.length)];
      const n = elements(output.shape);
      const args = [address(output.address), i64(n), chainArgument(part, output)];
      this.over(context, "pointwise", "chain", n, args);
      from += part.length - resumed.length;
    }
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
    this.#scratch[WORKSPACE] = Math.max(this.#scratch[WORKSPACE], plan.workspace);
    let pack: Descriptor;
    this.#waiting.push(() => {
      const place = (at: Address) => typeof at === "bigint" ? at : this.#addresses[at.slot];
      const placed = bindings.map(([id, at]) => [id, place(at)] as const);
      pack = variantPack(cudnn, this.#owned, context, placed, this.#addresses[WORKSPACE]);
    });
    this.#calls.push({
      implementation: plan.name,
      run: () => handle.execute(plan.descriptor, pack, context),
    });
  }
}
