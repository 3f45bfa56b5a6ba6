/**
 * What kernels build an executable with: tensors, primitives, calls in order.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { FusedOp, PointwiseName, StepOf } from "../../../plan/plan.ts";
import { addressOf } from "../../buffers.ts";
import { toBf16 } from "../../../tensor/tensor.ts";
import { ARGUMENT, type DataType } from "../library/constants.ts";
import { type Argument, argumentList, execute } from "../library/execution.ts";
import type { Handle } from "../library/handles.ts";
import { BYTES, byteSize, type Layout, rowMajor, type View } from "../library/layout.ts";
import type { PrimitiveDescriptor } from "../library/primitive_descriptor.ts";
import type { Session } from "../library/session.ts";
import { KeyedCache } from "../memory/keyed_cache.ts";
import { allocateNumbers, type Numbers } from "../memory/numbers.ts";
import { SharedMemory } from "../memory/shared_memory.ts";
import type { Place, Tensors } from "../memory/tensors.ts";
import { writeTasks } from "../threads/task_table.ts";
import type { Team } from "../threads/team.ts";
import type { Call } from "./call.ts";
import type { Emission, Policy } from "./emission.ts";
import { type Epilogue, epilogueOf, type Operands, plainOperands } from "./epilogue.ts";
import { appliesEpilogue } from "./fusion.ts";
import { allOrNone, type Piece, piecesOf } from "./pieces.ts";
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
  readonly #team: Team | undefined;
  /** Scratchpads, and temporaries by slot, of each thread. */
  readonly #threads: { scratchpads: SharedMemory; temporaries: SharedMemory[] }[] = [];
  /** Thread that calls are for; 0 is the one that runs what is not divided. */
  #thread = 0;
  readonly #numbers: Numbers[] = [];
  readonly #filled = new KeyedCache<readonly number[], Numbers>();
  readonly #matrices = new KeyedCache<readonly number[], Numbers>();
  readonly #unread: ReadonlySet<ValueId>;
  readonly #callerMemories = new Map<ValueId, Handle>();
  #calls: Call[] = [];

  /**
   * Starts with no calls.
   *
   * @param team threads that share divided steps; default: the library divides every primitive
   * @param owned takes over what is made here
   * @param unread outputs that no step reads
   */
  constructor(
    session: Session,
    team: Team | undefined,
    owned: DisposableStack,
    tensors: Tensors,
    kernels: Kernels,
    unread: ReadonlySet<ValueId>,
  ) {
    this.session = session;
    this.#team = team;
    this.tensors = tensors;
    this.#owned = owned;
    this.#kernels = kernels;
    this.#unread = unread;
  }

  /** How many threads share divided steps; 1 where the library divides every primitive. */
  get threads(): number {
    return this.#team?.size ?? 1;
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

  /** Calls that a function emits, if it says that it did. */
  collectIf(emit: () => boolean): Call[] | undefined {
    let emitted = false;
    const calls = this.collect(() => emitted = emit());
    return emitted ? calls : undefined;
  }

  /**
   * The calls of a primitive with an epilogue inside it; undefined where the library is slow at that.
   *
   * @param only the implementation that is wanted; default: any that is not slow
   */
  attempted(
    emission: Emission,
    epilogue: Epilogue = NO_EPILOGUE,
    only?: string,
  ): Call[] | undefined {
    return this.collectIf(() => this.#emitFast(emission, epilogue, only));
  }

  /**
   * The calls of a step in pieces that need nothing of each other, so that threads can take them in
   * turn; without a team, one piece after another.
   *
   * @param pieces makes the calls of all pieces, primitives only, once for each thread; undefined
   * where the library is slow at one
   */
  divided(
    context: string,
    pieces: () => readonly (readonly Call[])[] | undefined,
  ): Call[] | undefined {
    const team = this.#team;
    if (!team) return pieces()?.flat();
    const parts = team.alone(() =>
      Array.from({ length: team.size }, (_, thread) => {
        this.#thread = thread;
        return pieces();
      })
    );
    this.#thread = 0;
    const found = parts.filter((part) => part !== undefined);
    if (found.length < parts.length) return undefined;
    const table = writeTasks(
      this.session.stream,
      found.map((part) => part.map((calls) => calls.map(({ native }) => native!))),
    );
    const names = new Set(found[0].flat().map(({ implementation }) => implementation));
    return [{
      implementation: [...names].join(" and "),
      run: () => team.run(table, context),
    }];
  }

  /**
   * Lines in pieces for the team; one piece where there is no team, or little to do.
   *
   * @param work of all lines, in any unit
   * @param least work that is worth a piece of its own, in the same unit
   */
  cut(lines: number, work: number, least: number): Piece[] {
    return piecesOf(lines, work, this.#team ? least : Infinity, this.threads);
  }

  /**
   * Emits a step in pieces that need nothing of each other; one piece alone is divided by the library.
   *
   * @param emit emits the primitives of a piece, and says whether it did
   * @returns whether anything was emitted
   */
  emitPieces<T>(context: string, pieces: readonly T[], emit: (piece: T) => boolean): boolean {
    if (pieces.length === 1) return emit(pieces[0]);
    const calls = () => allOrNone(pieces.map((piece) => this.collectIf(() => emit(piece))));
    return this.emitDivided(context, calls);
  }

  /** As {@linkcode divided}, and emits the calls; false, and nothing is emitted, where there are none. */
  emitDivided(context: string, pieces: () => readonly (readonly Call[])[] | undefined): boolean {
    const calls = this.divided(context, pieces);
    if (calls) this.emitCalls(calls);
    return calls !== undefined;
  }

  /** Emits calls that were collected; they may be emitted more than once. */
  emitCalls(calls: readonly Call[]): void {
    this.#calls.push(...calls);
  }

  /** Gives scratchpads and temporaries their shared memory; says how many bytes they take. */
  finish(): number {
    const kept = this.#numbers.reduce((bytes, { data }) => bytes + data.byteLength, 0);
    return this.#threads
      .flatMap(({ scratchpads, temporaries }) => [scratchpads, ...temporaries])
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
   * A memory that lasts until the end of a step or a piece of one: all have the same, but for pieces
   * that other threads work on.
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
    const { temporaries } = this.#ownMemory();
    while (temporaries.length <= slot) temporaries.push(new SharedMemory());
    return temporaries[slot];
  }

  #ownMemory() {
    return this.#threads[this.#thread] ??= { scratchpads: new SharedMemory(), temporaries: [] };
  }

  /** Emits a primitive; a slow implementation only where there is no other. */
  emit(emission: Emission): void {
    const { context, describe, preferences, epilogue = NO_EPILOGUE } = emission;
    using descriptor = this.session.demand(context, describe, epilogue.postOps, preferences);
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

  /** A matrix of constants that bf16 holds as well; steps that need the same share it. */
  matrix(rows: readonly (readonly number[])[], type: DataType = "f32"): View {
    const dims = [rows.length, rows[0].length];
    return this.#matrices.once([BYTES[type], ...dims, ...rows.flat()], () => {
      // two of bf16 take the place of one number
      const made = this.numbers([dims[0], Math.ceil(dims[1] * BYTES[type] / BYTES.f32)]);
      const bits = new Uint16Array(made.data.buffer, made.data.byteOffset, made.data.length * 2);
      if (type === "bf16") rows.flat().forEach((value, i) => bits[i] = toBf16(value));
      else made.data.set(rows.flat());
      return { data: made.data, view: { ...rowMajor(type, dims), address: made.view.address } };
    }).view;
  }

  /** What the library would do a primitive by, epilogue inside; undefined where it has nothing. */
  implementationOf(
    { context, describe, preferences }: Emission,
    { postOps }: Epilogue,
  ): string | undefined {
    using descriptor = this.session.describe(context, describe, postOps, preferences);
    return descriptor?.implementation;
  }

  #emitFast(emission: Emission, epilogue: Epilogue, only?: string): boolean {
    const { context, describe, preferences } = emission;
    using descriptor = this.session.describe(context, describe, epilogue.postOps, preferences);
    if (!descriptor || descriptor.slow) return false;
    if (only !== undefined && descriptor.implementation !== only) return false;
    this.#call(emission, descriptor, this.#operands(epilogue));
    return true;
  }

  #operands({ operands }: Epilogue): Argument[] {
    return operands.map((
      { argument, operand },
    ) => [argument, operand.memory ?? this.memory(operand)]);
  }

  #call(emission: Emission, descriptor: PrimitiveDescriptor, postOps: readonly Argument[]): void {
    const { context } = emission;
    const primitive = this.#owned.use(descriptor.create(context));
    const scratchpad = this.#owned.use(this.session.memory(descriptor.scratchpad, 0n));
    this.#ownMemory().scratchpads.add(scratchpad, this.session.byteSize(descriptor.scratchpad));
    const args = argumentList([
      ...emission.bind(descriptor),
      ...postOps,
      [ARGUMENT.scratchpad, scratchpad],
    ]);
    this.#calls.push({
      implementation: descriptor.implementation,
      run: () => execute(this.session, context, primitive, args),
      native: { primitive: primitive.id, args, address: addressOf(args) },
    });
    emission.follow?.(descriptor);
  }
}
