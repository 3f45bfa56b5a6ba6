/**
 * What kernels build an executable with: tensors, primitives, calls in order.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { FusedOp, PointwiseName, StepOf } from "../../../plan/plan.ts";
import { ARGUMENT } from "../library/constants.ts";
import { type Argument, argumentList, execute } from "../library/execution.ts";
import type { Handle } from "../library/handles.ts";
import { byteSize, type Layout, rowMajor, type View } from "../library/layout.ts";
import type { PrimitiveDescriptor } from "../library/primitive_descriptor.ts";
import type { Session } from "../library/session.ts";
import { KeyedCache } from "../memory/keyed_cache.ts";
import { allocateNumbers, type Numbers } from "../memory/numbers.ts";
import { SharedMemory } from "../memory/shared_memory.ts";
import type { Place, Tensors } from "../memory/tensors.ts";
import type { Call } from "./call.ts";
import type { Emission, Policy } from "./emission.ts";
import { type Epilogue, epilogueOf, type Operands, plainOperands } from "./epilogue.ts";
import { appliesEpilogue } from "./fusion.ts";
import { StatisticsCache } from "./statistics_cache.ts";

/** Lowers a step of op `K`: emits the calls that compute it. */
export type Lower<K extends OpName> = (step: StepOf<K>, lowering: Lowering) => void;

/** How every op is lowered. */
export type Kernels = { readonly [K in OpName]: Lower<K> };

const NO_EPILOGUE: Epilogue = { postOps: [], operands: [] };

/** Builds the calls of an executable. */
export class Lowering {
  /** oneDNN at work. */
  readonly session: Session;
  /** Where tensors live. */
  readonly tensors: Tensors;
  /** Statistics that steps share. */
  readonly statistics: StatisticsCache = new StatisticsCache();
  readonly #owned: DisposableStack;
  readonly #kernels: Kernels;
  readonly #scratchpads = new SharedMemory();
  readonly #temporaries: SharedMemory[] = [];
  readonly #numbers: Numbers[] = [];
  readonly #filled = new KeyedCache<readonly number[], Numbers>();
  readonly #matrices = new KeyedCache<readonly number[], Numbers>();
  readonly #unread: ReadonlySet<ValueId>;
  readonly #callerMemories = new Map<ValueId, Handle>();
  #calls: Call[] = [];

  /**
   * Starts with no calls.
   *
   * @param owned takes over what is made here
   * @param unread outputs that no step reads
   */
  constructor(
    session: Session,
    owned: DisposableStack,
    tensors: Tensors,
    kernels: Kernels,
    unread: ReadonlySet<ValueId>,
  ) {
    this.#unread = unread;
    this.session = session;
    this.tensors = tensors;
    this.#owned = owned;
    this.#kernels = kernels;
  }

  /** Lowers one step and gives its calls. */
  lower<K extends OpName>(step: StepOf<K>): Call[] {
    return this.collect(() => this.#lower(step));
  }

  #lower<K extends OpName>(step: StepOf<K>): void {
    this.#kernels[step.op](step, this);
    if (!appliesEpilogue(step.op)) this.applyEpilogue(step);
  }

  /** Calls that a function emits, which are not emitted by that. */
  collect(emit: () => void): Call[] {
    const outer = this.#calls;
    this.#calls = [];
    emit();
    const calls = this.#calls;
    this.#calls = outer;
    return calls;
  }

  /** The calls of a primitive with an epilogue inside it; undefined where the library is slow at that. */
  attempted(emission: Emission, epilogue: Epilogue = NO_EPILOGUE): Call[] | undefined {
    let fast = false;
    const calls = this.collect(() => fast = this.#emitFast(emission, epilogue));
    return fast ? calls : undefined;
  }

  /** Emits calls that were collected; they may be emitted more than once. */
  emitCalls(calls: readonly Call[]): void {
    this.#calls.push(...calls);
  }

  /** Gives scratchpads and temporaries their shared memory; says how many bytes they take. */
  finish(): number {
    const kept = this.#numbers.reduce((bytes, { data }) => bytes + data.byteLength, 0);
    return [this.#scratchpads, ...this.#temporaries]
      .reduce((bytes, shared) => bytes + shared.place(this.session), kept);
  }

  /** A memory for a tensor whose place is known. */
  memory(view: View): Handle {
    using descriptor = this.session.descriptor(view);
    return this.#owned.use(this.session.memory(descriptor.id, view.address));
  }

  /** Where a tensor lies. */
  place(view: View): Place {
    return { layout: view, memory: this.memory(view) };
  }

  /** A memory for a layout whose address is set before each run. */
  unplaced(layout: Layout): Place {
    return { layout, memory: this.memory({ ...layout, address: 0n }) };
  }

  /**
   * The caller's memory for an output that no step reads, in logical order; undefined for any other
   * value. Whoever asks must write it: nothing is copied out of the arena then.
   *
   * @param dims sizes, in which an axis may be split
   */
  writeToCaller(id: ValueId, dims: Shape): Place | undefined {
    if (!this.#unread.has(id)) return undefined;
    const place = this.unplaced(rowMajor("f32", dims));
    this.#callerMemories.set(id, place.memory);
    return place;
  }

  /** The caller's memory for an output that a step writes itself. */
  callerMemory(id: ValueId): Handle | undefined {
    return this.#callerMemories.get(id);
  }

  /**
   * A memory that lasts until the end of a step: every step has the same.
   *
   * @param slot which one, for a step that needs several at once
   * @param offset bytes into it
   */
  temporary(layout: Layout, slot = 0, offset = 0): Place {
    const place = this.unplaced(layout);
    this.#temporary(slot).add(place.memory, byteSize(layout), offset);
    return place;
  }

  /** As {@linkcode temporary}, in a layout of the library's own. */
  opaque(descriptor: bigint, slot = 0): Handle {
    const memory = this.#owned.use(this.session.memory(descriptor, 0n));
    this.#temporary(slot).add(memory, this.session.byteSize(descriptor));
    return memory;
  }

  #temporary(slot: number): SharedMemory {
    while (this.#temporaries.length <= slot) this.#temporaries.push(new SharedMemory());
    return this.#temporaries[slot];
  }

  /** Emits a primitive; a slow implementation only where there is no other. */
  emit(emission: Emission): void {
    const { context, describe, epilogue = NO_EPILOGUE } = emission;
    using descriptor = this.session.demand(context, describe, epilogue.postOps);
    this.#call(emission, descriptor, this.#operands(epilogue));
  }

  /**
   * Emits the primitive of a step with the epilogue inside it where that is fast, else as far as
   * the policy goes.
   *
   * @param operands of the epilogue, as the primitive sees its output; default: as it is
   * @returns whether anything was emitted
   * @throws MissingError where the policy takes anything and the library has nothing
   */
  emitStep<K extends OpName>(
    step: StepOf<K>,
    emission: Emission,
    policy: Policy,
    operands: Operands = plainOperands(this.tensors, step.output),
  ): boolean {
    const epilogue = epilogueOf(step, operands);
    if (epilogue && this.#emitFast(emission, epilogue)) return true;
    if (policy === "inside") return false;
    if (policy === "any") this.emit(emission);
    else if (!this.#emitFast(emission, NO_EPILOGUE)) return false;
    this.applyEpilogue(step);
    return true;
  }

  /** Emits the fused ops of a step behind it, over its output, as many at once as can be. */
  applyEpilogue<K extends OpName>({ epilogue, output }: StepOf<K>): void {
    const [first, ...rest] = epilogue;
    if (first) this.#applyFused(first, rest, output);
  }

  #applyFused<K extends PointwiseName>(
    first: FusedOp & { readonly op: K },
    rest: readonly FusedOp[],
    output: ValueId,
  ): void {
    const { name, op, attributes, operands } = first;
    const step = { name, op, attributes, inputs: [output, ...operands], output, epilogue: rest };
    this.#lower(step as unknown as StepOf<K>);
  }

  /** Emits loops in this language. */
  loop(run: () => void): void {
    this.#calls.push({ implementation: "loops", run });
  }

  /** Zeros that last as long as the executable. */
  numbers(dims: Shape): Numbers {
    const made = allocateNumbers(dims);
    this.#numbers.push(made);
    return made;
  }

  /** A tensor full of one number; steps that need the same share it. */
  filled(dims: Shape, value: number): View {
    return this.#filled.once([value, ...dims], () => {
      const made = this.numbers(dims);
      made.data.fill(value);
      return made;
    }).view;
  }

  /** A matrix of constants; steps that need the same share it. */
  matrix(rows: readonly (readonly number[])[]): View {
    const dims = [rows.length, rows[0].length];
    return this.#matrices.once([...dims, ...rows.flat()], () => {
      const made = this.numbers(dims);
      made.data.set(rows.flat());
      return made;
    }).view;
  }

  #emitFast(emission: Emission, epilogue: Epilogue): boolean {
    const { context, describe } = emission;
    using descriptor = this.session.describe(context, describe, epilogue.postOps);
    if (!descriptor || descriptor.slow) return false;
    this.#call(emission, descriptor, this.#operands(epilogue));
    return true;
  }

  #operands({ operands }: Epilogue): Argument[] {
    return operands.map(({ argument, view }) => [argument, this.memory(view)]);
  }

  #call(emission: Emission, descriptor: PrimitiveDescriptor, postOps: readonly Argument[]): void {
    const { context } = emission;
    const primitive = this.#owned.use(descriptor.create(context));
    const scratchpad = this.#owned.use(this.session.memory(descriptor.scratchpad, 0n));
    this.#scratchpads.add(scratchpad, this.session.byteSize(descriptor.scratchpad));
    const args = argumentList([
      ...emission.bind(descriptor),
      ...postOps,
      [ARGUMENT.scratchpad, scratchpad],
    ]);
    this.#calls.push({
      implementation: descriptor.implementation,
      run: () => execute(this.session, context, primitive, args),
    });
    emission.follow?.(descriptor);
  }
}
