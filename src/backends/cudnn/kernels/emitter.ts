/**
 * Emitting the calls of steps: launches of kernels and executions of cuDNN's plans.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { FusedOp, FusedOpOf, PointwiseName, StepOf } from "../../../plan/plan.ts";
import {
  type Address,
  address,
  type Argument,
  packArguments,
  type PackedArguments,
  type Scratch,
  scratchOf,
} from "../cuda/arguments.ts";
import { DATA_BYTES, type DataType } from "../cuda/data_type.ts";
import { type Grid, type KernelLaunch, overElements } from "../cuda/launch.ts";
import type { Generated, Program, ProgramName, Variant } from "../cuda/programs.ts";
import type { ExecutionPlan } from "../graph_api/engines.ts";
import { type Call, scratchFor, together } from "./call.ts";
import { chainKernel, describeLinks } from "./chain_code.ts";
import { Choice, type Way } from "./choice.ts";
import { type Link, linksOf, type Operand } from "./pointwise_chain.ts";
import type { Target } from "./target.ts";
import type { Tensors } from "./tensors.ts";
import { moving, type Work } from "./work.ts";

export interface Launch<P extends ProgramName> {
  /** Name of the step. */
  readonly context: string;
  /** The program that holds it. */
  readonly program: P;
  readonly kernel: Program<P>;
  /** Element type that the program is compiled for; default: the plan's. */
  readonly type?: DataType;
  /** Elements that the kernel moves at once; default: 1. */
  readonly lanes?: number;
  readonly args: readonly Argument[];
  /** Blocks along x, y and z. */
  readonly grid: Grid;
  /** Threads of a block along x and y. */
  readonly block: readonly [number, number];
  readonly work: Work;
}

/** A way to do a step, not yet emitted. */
interface Emission {
  readonly label: string;
  /** Emits its calls, or gives false where it does not work. */
  readonly emit: () => boolean;
}

/** Bytes that a kernel moves from which on an index of elements takes 64 bits. */
const MANY_BYTES = 2 ** 31;

/** The slot of cuDNN's workspace. */
const WORKSPACE = 0;

/** The calls of an executable while they are emitted. */
export class Emitter {
  /** What they are emitted for. */
  readonly target: Target;
  /** Where tensors live. */
  readonly tensors: Tensors;
  readonly #owned: DisposableStack;
  readonly #choices: Choice[] = [];
  readonly #all: Call[] = [];
  #calls: Call[] = [];

  /** @param owned takes over what is made */
  constructor(target: Target, owned: DisposableStack, tensors: Tensors) {
    this.target = target;
    this.tensors = tensors;
    this.#owned = owned;
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
   * @param others of which the first that works is taken where none of these does
   */
  choose(
    context: string,
    key: string,
    ways: readonly Emission[],
    others: readonly Emission[] = [],
  ): void {
    const make = ({ label, emit }: Emission): Way[] => {
      let works = false;
      const calls = this.collect(() => works = emit());
      return works ? [{ label, call: together(calls) }] : [];
    };
    const { chooser } = this.target;
    const known = chooser?.fastest(key);
    const kept = ways.filter(({ label }) => label === known).flatMap(make);
    if (known !== undefined && kept.length === 0) chooser?.forget(key);
    const made = kept.length > 0 ? kept : chooser ? ways.flatMap(make) : first(ways, make);
    const choice = new Choice(key, context, made.length > 0 ? made : first(others, make));
    this.#choices.push(choice);
    this.#calls.push(choice);
  }

  /** Chooses, takes the scratch memory and tells all calls of it; says how many bytes it is. */
  finish(): number {
    this.target.chooser?.tune(this.#choices);
    const slots = scratchFor(this.#all);
    const addresses = slots.map((bytes) =>
      this.#owned.use(this.target.allocate(bytes, "scratch memory")).id
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
    { program, kernel, type = this.tensors.type, lanes = 1, ...launch }: Launch<P>,
  ): void {
    const wide = launch.work.bytes >= MANY_BYTES;
    const id = this.target.kernel(program, kernel, { type, wide, lanes });
    this.#launch({ ...launch, kernel, id });
  }

  /** Emits the launch of a kernel that is written for it. */
  launchGenerated(
    program: Generated,
    launch: Omit<Launch<never>, "program" | "kernel" | "type"> & Pick<Variant, "wide" | "lanes">,
  ): void {
    const { wide = false, lanes = 1, ...rest } = launch;
    const id = this.target.generated(program, { type: this.tensors.type, wide, lanes });
    this.#launch({ ...rest, kernel: program.name, id });
  }

  #launch(
    { args, kernel, work, ...launch }:
      & Omit<KernelLaunch, "args">
      & Pick<Launch<never>, "args" | "work">,
  ): void {
    let packed: PackedArguments;
    this.#calls.push({
      implementation: kernel,
      work: [{ ...work, kernel }],
      scratch: scratchOf(args),
      place: (addresses) => {
        packed = packArguments(args, ({ slot }) => addresses[slot]);
      },
      run: () => this.target.launch({ ...launch, kernel, args: packed }),
    });
  }

  /**
   * Emits the launch of a kernel that goes over `n` elements in as many threads as are useful.
   *
   * @param variant that the program is compiled for; default: the plan's elements, one at a time
   */
  over<P extends ProgramName>(
    context: string,
    program: P,
    kernel: Program<P>,
    n: number,
    args: readonly Argument[],
    work: Work,
    variant: Partial<Pick<Variant, "type" | "lanes">> = {},
  ): void {
    const { multiprocessors } = this.target;
    this.launch({
      context,
      program,
      kernel,
      args,
      work,
      ...overElements(n, multiprocessors),
      ...variant,
    });
  }

  /**
   * Emits a chain of pointwise operations as one pass.
   *
   * @param links the first loads the running value
   */
  chain(context: string, links: readonly Link[], output: Operand): void {
    const { source, args, threads, lanes, wide } = chainKernel(links, output, this.tensors.type);
    const { multiprocessors } = this.target;
    const work = moving(this.bytesOfLinks(links, [output]));
    this.launchGenerated(
      {
        name: "chain",
        about: `${describeLinks(links, output.shape)}; by ${lanes}`,
        pieces: ["pointwise", { code: source }],
      },
      { context, args, work, lanes, wide, ...overElements(threads, multiprocessors) },
    );
  }

  /**
   * Emits the fused ops of a step, from one on, over the step's output.
   *
   * @param activation where what they read is; default: where tensors live
   */
  applyEpilogue<K extends OpName>(
    { name, epilogue, output }: StepOf<K>,
    from = 0,
    activation?: (id: ValueId) => Operand,
  ): void {
    const shape = this.tensors.shape(output);
    const links = this.epilogueLinks(epilogue.slice(from), shape, activation);
    if (links.length === 0) return;
    const result = this.activation(output);
    this.chain(name, [{ op: "load", operand: result }, ...links], result);
  }

  /** @param activation where what they read is; default: where tensors live */
  epilogueLinks(
    epilogue: readonly FusedOp[],
    output: Shape,
    activation = (id: ValueId) => this.activation(id),
  ): Link[] {
    return epilogue.flatMap((fused) => this.#fusedLinks(fused, output, activation));
  }

  #fusedLinks<K extends PointwiseName>(
    { op, attributes, operands }: FusedOp & FusedOpOf<K>,
    output: Shape,
    activation: (id: ValueId) => Operand,
  ): Link[] {
    return linksOf(op, { attributes, operands, output, tensors: this.tensors, activation });
  }

  activation(id: ValueId): Operand {
    const { tensors } = this;
    return {
      address: tensors.activation(id),
      shape: tensors.shape(id),
      type: tensors.typeOf(id),
    };
  }

  /** Bytes that links read, and of some tensors besides; one that is named twice counts once. */
  bytesOfLinks(links: readonly Link[], besides: readonly Operand[] = []): number {
    return bytesOfOperands([...besides, ...links.flatMap(({ operand }) => operand ?? [])]);
  }

  /** Bytes of some activations. */
  bytesOf(ids: readonly number[]): number {
    return bytesOfOperands(ids.map((id) => this.activation(id)));
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
    work: Work,
  ): void {
    let submit: () => void;
    const scratch = scratchOf(bindings.map(([, at]) => address(at)));
    scratch[WORKSPACE] = plan.workspace;
    this.#calls.push({
      implementation: plan.name,
      // an engine that has its tensors in another order first moves them all once more
      work: [
        { ...work, kernel: plan.name },
        ...(plan.workspace >= work.bytes / 2
          ? [{ ...moving(2 * work.bytes), kernel: "tensors into another order and back" }]
          : []),
      ],
      scratch,
      place: (addresses, owned) => {
        const placed = bindings.map(([id, at]) =>
          [id, typeof at === "bigint" ? at : addresses[at.slot]] as const
        );
        submit = this.target.bind(plan, placed, addresses[WORKSPACE], owned, context);
      },
      run: () => submit(),
    });
  }
}

/** Bytes of tensors, each of which counts once. */
function bytesOfOperands(operands: readonly Operand[]): number {
  const sizes = operands.map(({ address: at, shape, type }) =>
    [at, elements(shape) * DATA_BYTES[type]] as const
  );
  return [...new Map(sizes).values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** The first way that works. */
function first<T, W>(ways: readonly T[], make: (way: T) => readonly W[]): readonly W[] {
  for (const way of ways) {
    const made = make(way);
    if (made.length > 0) return made;
  }
  return [];
}
