/**
 * A plan made of the library's primitives.
 *
 * @module
 */

import type { ValueId } from "../../graph/graph.ts";
import type { WeightSource } from "../../graph/weights.ts";
import { countUses, type Plan } from "../../plan/plan.ts";
import type {
  Bindings,
  Elements,
  Executable,
  LoweredStep,
  MemoryUse,
  Port,
  StepTime,
} from "../backend.ts";
import { bound, boundInput, portsOf } from "../bindings.ts";
import { addressOf } from "../buffers.ts";
import { KERNELS } from "./kernels/mod.ts";
import { ARGUMENT, type DataType } from "./library/constants.ts";
import type { Handle } from "./library/handles.ts";
import { rowMajor } from "./library/layout.ts";
import { describeReorder } from "./library/reorder.ts";
import type { Session } from "./library/session.ts";
import type { Call } from "./lowering/call.ts";
import { Lowering } from "./lowering/lowering.ts";
import { Tensors } from "./memory/tensors.ts";
import type { Team } from "./threads/team.ts";

/** A copy between the caller's memory and the arena. */
interface Transfer {
  readonly port: Port;
  /** The caller's side: moved to where the caller's elements are at every run. */
  readonly outside: Handle;
  readonly calls: readonly Call[];
}

/** Where the caller wants an output. */
interface Receiver {
  /** The caller's elements. */
  readonly elements: Elements;
  /** The same in single precision, as they are written. */
  readonly single: Float32Array;
}

/** What an executable is made of. */
interface Parts {
  readonly session: Session;
  readonly owned: DisposableStack;
  readonly tensors: Tensors;
  readonly load: readonly Transfer[];
  readonly steps: readonly { readonly step: LoweredStep; readonly calls: readonly Call[] }[];
  readonly store: readonly Transfer[];
  readonly scratch: number;
  /** Holds the memory of scratchpads, which native code points into. */
  readonly lowering: Lowering;
}

/**
 * Makes a plan executable.
 *
 * @param team threads that share divided steps; default: the library divides every primitive
 * @throws NativeError when the library refuses something; nothing stays open then
 */
export function lower(
  session: Session,
  plan: Plan,
  weights: WeightSource,
  type: DataType,
  team?: Team,
): Executable {
  using stack = new DisposableStack();
  const tensors = new Tensors(session, stack, plan, weights, type);
  const lowering = new Lowering(session, team, stack, tensors, KERNELS, unreadOutputs(plan));
  const load = plan.inputs.map((id) => transfer(lowering, plan, id, "load"));
  const steps = plan.steps.map((step) => {
    const calls = lowering.lower(step);
    const names = new Set(calls.map(({ implementation }) => implementation));
    const { name, op } = step;
    return { step: { name, op, implementation: [...names].join(" + ") }, calls };
  });
  const store = plan.outputs.map((id) =>
    writtenByStep(lowering, plan, id) ?? transfer(lowering, plan, id, "store")
  );
  const scratch = lowering.finish();
  return new OnednnExecutable(
    { session, owned: stack.move(), tensors, load, steps, store, scratch, lowering },
  );
}

/** Outputs that are nothing else: a step may write them where the caller wants them. */
function unreadOutputs(plan: Plan): ReadonlySet<ValueId> {
  const uses = countUses(plan);
  return new Set(plan.outputs.filter((id) => uses[id] === 1));
}

/** An output that its step writes to the caller's memory; undefined where it does not. */
function writtenByStep(lowering: Lowering, plan: Plan, id: ValueId): Transfer | undefined {
  const outside = lowering.callerMemory(id);
  return outside && { port: portsOf(plan, [id])[0], outside, calls: [] };
}

function transfer(
  lowering: Lowering,
  plan: Plan,
  id: ValueId,
  direction: "load" | "store",
): Transfer {
  const inside = lowering.tensors.activation(id);
  const [port] = portsOf(plan, [id]);
  const { layout, memory: outside } = lowering.unplaced(rowMajor("f32", port.shape));
  const { session } = lowering;
  const calls = lowering.collect(() => {
    using insideMd = session.descriptor(inside);
    using outsideMd = session.descriptor(layout);
    const [from, to] = direction === "load" ? [outsideMd, insideMd] : [insideMd, outsideMd];
    const memory = lowering.memory(inside);
    const [source, target] = direction === "load" ? [outside, memory] : [memory, outside];
    lowering.emit({
      context: `${direction} ${port.name}`,
      describe: describeReorder(session, from.id, to.id),
      bind: () => [[ARGUMENT.source, source], [ARGUMENT.destination, target]],
    });
  });
  return { port, outside, calls };
}

class OnednnExecutable implements Executable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly LoweredStep[];
  readonly memory: MemoryUse;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.inputs = parts.load.map(({ port }) => port);
    this.outputs = parts.store.map(({ port }) => port);
    this.steps = parts.steps.map(({ step }) => step);
    const { arenaBytes, parameterBytes } = parts.tensors;
    this.memory = { arena: arenaBytes, weights: parameterBytes, scratch: parts.scratch };
  }

  run(inputs: Bindings, outputs: Bindings): void {
    const receivers = this.#receivers(outputs);
    this.#load(inputs);
    for (const { calls } of this.#parts.steps) for (const call of calls) call.run();
    this.#store(receivers);
  }

  profile(inputs: Bindings, outputs: Bindings): StepTime[] {
    const receivers = this.#receivers(outputs);
    this.#load(inputs);
    const times = this.#parts.steps.map(({ step, calls }) => {
      const start = performance.now();
      for (const call of calls) call.run();
      this.#parts.session.wait();
      return { ...step, seconds: (performance.now() - start) / 1000 };
    });
    this.#store(receivers);
    return times;
  }

  load(weights: WeightSource): void {
    this.#parts.tensors.load(weights);
  }

  #load(given: Bindings): void {
    for (const { port, outside, calls } of this.#parts.load) {
      const elements = boundInput(given, port);
      // double precision is rounded once, here
      const single = elements instanceof Float64Array ? Float32Array.from(elements) : elements;
      this.#parts.session.place(outside, addressOf(single));
      for (const call of calls) call.run();
      this.#parts.session.wait();
    }
  }

  /** Tells every output where the caller wants it, before steps write there. */
  #receivers(wanted: Bindings): Receiver[] {
    return this.#parts.store.map(({ port, outside }) => {
      const elements = bound(wanted, port);
      const single = elements instanceof Float64Array
        ? new Float32Array(elements.length)
        : elements;
      this.#parts.session.place(outside, addressOf(single));
      return { elements, single };
    });
  }

  #store(receivers: readonly Receiver[]): void {
    this.#parts.store.forEach(({ calls }, i) => {
      for (const call of calls) call.run();
      this.#parts.session.wait();
      const { elements, single } = receivers[i];
      if (single !== elements) elements.set(single);
    });
  }

  [Symbol.dispose](): void {
    this.#parts.owned.dispose();
  }
}
