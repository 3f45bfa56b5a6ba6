/**
 * A plan made of kernels and of cuDNN's execution plans.
 *
 * @module
 */

import { MissingError } from "../../base/errors.ts";
import { elements } from "../../base/shapes.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { WeightSource } from "../../graph/weights.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Bindings, Executable, LoweredStep, MemoryUse, Port, StepTime } from "../backend.ts";
import { bound, portsOf, singleOf } from "../bindings.ts";
import type { Learner, LearningPlan } from "../learning.ts";
import type { Resident } from "../resident.ts";
import type { FinishedSlices, ScanPlan } from "../scan.ts";
import { address, i32, i64 } from "./arguments.ts";
import type { Arithmetic } from "./convolutions.ts";
import { KERNELS } from "./kernels/mod.ts";
import { DeviceLearner, type Place } from "./learner.ts";
import { type Call, Lowering } from "./lowering.ts";
import type { Resource } from "./native.ts";
import { Replayed } from "./replayed.ts";
import { prepareScans, scanThrough } from "./scan.ts";
import type { Session } from "./session.ts";
import { Tensors } from "./tensors.ts";

/** Bytes of an element as callers have it. */
const SINGLE = 4;

/** An input or output: the caller's order on the device, and the reordering from or to the arena. */
interface Transfer {
  readonly port: Port;
  readonly staging: Resource;
  readonly calls: readonly Call[];
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
  /** Before the first kernel and behind the last one. */
  readonly ends: readonly [Resource, Resource];
}

/**
 * Makes a plan executable.
 *
 * @throws MissingError when the GPU has no room; NativeError when a library fails. Nothing stays
 *   open then
 */
export function lower(
  session: Session,
  plan: Plan,
  weights: WeightSource,
  arithmetic: Arithmetic,
): Executable {
  using stack = new DisposableStack();
  session.makeCurrent();
  const tensors = new Tensors(session, stack, plan, weights, arithmetic);
  const lowering = new Lowering(session, stack, tensors, KERNELS);
  const load = plan.inputs.map((id) => transfer(lowering, stack, plan, id, "load"));
  const steps = plan.steps.map((step) => {
    const calls = lowering.lower(step);
    const { name, op } = step;
    const implementation = calls.map((call) => call.implementation).join(" + ");
    return { step: { name, op, implementation }, calls };
  });
  // what a scan needs is compiled now, not while the first one is timed
  if (plan.inputs.length === 1 && plan.outputs.length === 1) prepareScans(session);
  const store = plan.outputs.map((id) => transfer(lowering, stack, plan, id, "store"));
  const staged = [...load, ...store].reduce((sum, { port }) => sum + bytesOf(port), 0);
  const scratch = lowering.finish() + staged;
  const ends = [stack.use(session.event()), stack.use(session.event())] as const;
  const owned = stack.move();
  return new CudnnExecutable({ session, owned, tensors, load, steps, store, scratch, ends });
}

function bytesOf({ shape }: Port): number {
  return elements(shape) * SINGLE;
}

function transfer(
  lowering: Lowering,
  owned: DisposableStack,
  plan: Plan,
  id: ValueId,
  direction: "load" | "store",
): Transfer {
  const [port] = portsOf(plan, [id]);
  const staging = owned.use(lowering.session.allocate(bytesOf(port), port.name));
  const inside = lowering.tensors.activation(id);
  const [, C, ...spatial] = port.shape;
  const n = elements(port.shape);
  const [from, to] = direction === "load" ? [staging.id, inside] : [inside, staging.id];
  const kernel = direction === "load" ? "to_channels_last" : "from_channels_last";
  const calls = lowering.collect(() =>
    lowering.over(`${direction} ${port.name}`, "copies", kernel, n, [
      address(from),
      address(to),
      i64(n),
      i32(C),
      i64(elements(spatial)),
    ], lowering.tensors.typeOf(id))
  );
  return { port, staging, calls };
}

class CudnnExecutable implements Executable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly LoweredStep[];
  readonly memory: MemoryUse;
  readonly #parts: Parts;
  readonly #pass: Replayed;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { session, owned } = parts;
    this.#pass = new Replayed(session, owned, () => this.#submit(), "a forward pass");
    this.inputs = parts.load.map(({ port }) => port);
    this.outputs = parts.store.map(({ port }) => port);
    this.steps = parts.steps.map(({ step }) => step);
    const { arenaBytes, parameterBytes } = parts.tensors;
    this.memory = { arena: arenaBytes, weights: parameterBytes, scratch: parts.scratch };
  }

  run(inputs: Bindings, outputs: Bindings): void {
    this.#check(inputs, outputs);
    const kept = this.#upload(inputs);
    this.#pass.submit();
    this.#download(outputs);
    kept.length = 0;
    this.#pass.record();
  }

  time(inputs: Bindings, outputs: Bindings): number {
    this.#check(inputs, outputs);
    const { session, ends: [start, end] } = this.#parts;
    const kept = this.#upload(inputs);
    session.mark(start);
    this.#pass.submit();
    session.mark(end);
    this.#download(outputs);
    kept.length = 0;
    const seconds = session.seconds(start, end);
    this.#pass.record();
    return seconds;
  }

  profile(inputs: Bindings, outputs: Bindings): StepTime[] {
    this.#check(inputs, outputs);
    const { session, load, steps, store } = this.#parts;
    using stack = new DisposableStack();
    const events = Array.from({ length: steps.length + 1 }, () => stack.use(session.event()));
    const kept = this.#upload(inputs);
    for (const { calls } of load) submit(calls);
    session.mark(events[0]);
    steps.forEach(({ calls }, i) => {
      submit(calls);
      session.mark(events[i + 1]);
    });
    for (const { calls } of store) submit(calls);
    this.#download(outputs);
    kept.length = 0;
    return steps.map(({ step }, i) => ({
      ...step,
      seconds: session.seconds(events[i], events[i + 1]),
    }));
  }

  get resident(): Resident {
    return { scan: (plan) => this.#scan(plan), learner: (plan) => this.#learner(plan) };
  }

  #scan(plan: ScanPlan): Generator<FinishedSlices, void> {
    const { session, load: [input], store: [output] } = this.#parts;
    return scanThrough(session, {
      input: input.staging.id,
      output: output.staging.id,
      compute: () => {
        this.#pass.submit();
        this.#pass.record();
      },
    }, plan);
  }

  #learner(plan: LearningPlan): Learner | null {
    const { session, owned, tensors, load, store } = this.#parts;
    const { packedWeights } = tensors;
    if (packedWeights === null) return null;
    session.makeCurrent();
    try {
      return owned.use(
        new DeviceLearner(session, plan, {
          inputs: placesOf(load),
          outputs: placesOf(store),
          packedWeights,
          submit: () => this.#submit(),
        }),
      );
    } catch (error) {
      // weights and moments take three times their size: without that room they stay on the host
      if (error instanceof MissingError) return null;
      throw error;
    }
  }

  load(weights: WeightSource): void {
    this.#parts.session.makeCurrent();
    this.#parts.tensors.load(weights);
  }

  /** Everything is bound before anything is computed. */
  #check(inputs: Bindings, outputs: Bindings): void {
    for (const port of this.inputs) bound(inputs, port);
    for (const port of this.outputs) bound(outputs, port);
    this.#parts.session.makeCurrent();
  }

  /** Uploads the inputs; what it returns must live until the next wait. */
  #upload(given: Bindings): Float32Array<ArrayBuffer>[] {
    return this.#parts.load.map(({ port, staging }) => {
      const single = singleOf(bound(given, port)) ?? Float32Array.from(bound(given, port));
      this.#parts.session.upload(single, staging.id, port.name);
      return single;
    });
  }

  /** From the inputs on the device to the outputs there, both in the caller's order. */
  #submit(): void {
    const { load, steps, store } = this.#parts;
    for (const { calls } of [...load, ...steps, ...store]) submit(calls);
  }

  /** Downloads the outputs, into the caller's memory where it is of single precision, and waits. */
  #download(wanted: Bindings): void {
    const { session, store } = this.#parts;
    const received = store.map(({ port, staging }) => {
      const single = singleOf(bound(wanted, port)) ?? new Float32Array(elements(port.shape));
      session.download(staging.id, single, port.name);
      return single;
    });
    session.wait("the outputs");
    store.forEach(({ port }, i) => {
      const target = bound(wanted, port);
      if (target !== received[i]) target.set(received[i]);
    });
  }

  [Symbol.dispose](): void {
    try {
      this.#parts.session.makeCurrent();
    } finally {
      this.#parts.owned.dispose();
    }
  }
}

function placesOf(transfers: readonly Transfer[]): ReadonlyMap<string, Place> {
  return new Map(
    transfers.map(({ port, staging }) => [port.name, { port, address: staging.id }]),
  );
}

function submit(calls: readonly Call[]): void {
  for (const call of calls) call.run();
}
