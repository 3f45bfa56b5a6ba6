/**
 * A plan made of kernels and of cuDNN's execution plans.
 *
 * @module
 */

import { MissingError } from "../../base/errors.ts";
import { elements } from "../../base/shapes.ts";
import type { WeightSource } from "../../graph/weights.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Executable, LoweredStep, MemoryUse, StepTime } from "../backend.ts";
import { type Bindings, bound, boundInput, type Port, singleOf } from "../bindings.ts";
import type { Learner, LearningPlan } from "../learning.ts";
import type { Passes } from "../passes.ts";
import type { Resident } from "../resident.ts";
import type { FinishedSlices, ScanPlan } from "../scan.ts";
import { CudaGraph } from "./cuda/cuda_graph.ts";
import type { CudaEvent } from "./cuda/stream.ts";
import { TimedParts } from "./cuda/timed_parts.ts";
import { DeviceLearner, type Place } from "./device_learner.ts";
import { DevicePasses } from "./device_passes.ts";
import { prepareScans, scanThrough } from "./device_scan.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Session } from "./graph_api/session.ts";
import type { Call } from "./kernels/call.ts";
import { targetOf } from "./kernels/target.ts";
import { type LoweredPlan, lowerPlan, type Transfer } from "./lowering.ts";

/** What an executable is made of. */
interface Parts extends LoweredPlan {
  readonly session: Session;
  readonly owned: DisposableStack;
  /** Before the first kernel and behind the last one. */
  readonly ends: readonly [CudaEvent, CudaEvent];
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
  const { gpu } = session;
  gpu.makeCurrent();
  const lowered = lowerPlan(targetOf(session), stack, plan, weights, arithmetic);
  // what a scan needs is compiled now, not while the first one is timed
  if (plan.inputs.length === 1 && plan.outputs.length === 1) prepareScans(gpu);
  const ends = [stack.use(gpu.newEvent()), stack.use(gpu.newEvent())] as const;
  return new CudnnExecutable({ ...lowered, session, owned: stack.move(), ends });
}

class CudnnExecutable implements Executable {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly LoweredStep[];
  readonly memory: MemoryUse;
  readonly resident: Resident;
  readonly #parts: Parts;
  readonly #pass: CudaGraph;
  /** The pass with an event between its steps, once a profile was asked for. */
  #timed: TimedParts | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { session: { gpu }, owned } = parts;
    this.#pass = new CudaGraph(gpu.stream, owned, () => this.#submit(), "a forward pass");
    this.inputs = parts.load.map(({ port }) => port);
    this.outputs = parts.store.map(({ port }) => port);
    this.steps = parts.steps.map(({ step }) => step);
    const { arenaBytes, parameterBytes } = parts.tensors;
    this.memory = { arena: arenaBytes, weights: parameterBytes, scratch: parts.scratch };
    this.resident = {
      scan: (plan) => this.#scan(plan),
      learner: (plan) => this.#learner(plan),
    };
  }

  run(inputs: Bindings, outputs: Bindings): void {
    this.#check(inputs, outputs);
    const kept = this.#upload(inputs);
    this.#pass.submit();
    this.#download(outputs);
    kept.length = 0;
    this.#pass.capture();
  }

  time(inputs: Bindings, outputs: Bindings): number {
    this.#check(inputs, outputs);
    const { session: { gpu: { stream } }, ends: [start, end] } = this.#parts;
    const kept = this.#upload(inputs);
    stream.recordEvent(start);
    this.#pass.submit();
    stream.recordEvent(end);
    this.#download(outputs);
    kept.length = 0;
    const seconds = end.secondsSince(start);
    this.#pass.capture();
    return seconds;
  }

  profile(inputs: Bindings, outputs: Bindings): StepTime[] {
    this.#check(inputs, outputs);
    const { session: { gpu }, owned, load, steps, store } = this.#parts;
    this.#timed ??= owned.use(
      new TimedParts(
        gpu,
        [load, ...steps.map((step) => [step]), store].map((calls) => {
          return () => calls.forEach((one) => submit(one.calls));
        }),
      ),
    );
    const kept = this.#upload(inputs);
    this.#timed.submit();
    this.#download(outputs);
    kept.length = 0;
    const [, ...seconds] = this.#timed.seconds();
    return steps.map(({ step }, i) => ({ ...step, seconds: seconds[i] }));
  }

  #scan(plan: ScanPlan): Generator<FinishedSlices, void> {
    const { session: { gpu }, load: [input], store: [output] } = this.#parts;
    return scanThrough(gpu, {
      input: input.staging.id,
      output: output.staging.id,
      compute: () => this.#compute(),
    }, plan);
  }

  passes(): Passes | null {
    const { session: { gpu }, load, store } = this.#parts;
    gpu.makeCurrent();
    const [inputs, outputs] = [load, store].map((all) => [...placesOf(all).values()]);
    try {
      return new DevicePasses(gpu, { inputs, outputs, compute: () => this.#compute() });
    } catch (error) {
      if (error instanceof MissingError) return null;
      throw error;
    }
  }

  /** Submits an execution, as one graph from the second on. */
  #compute(): void {
    this.#pass.submit();
    this.#pass.capture();
  }

  #learner(plan: LearningPlan): Learner | null {
    const { session: { gpu }, owned, tensors, load, store } = this.#parts;
    const { packedWeights } = tensors;
    if (packedWeights === null) return null;
    gpu.makeCurrent();
    try {
      return owned.use(
        new DeviceLearner(gpu, plan, {
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
    this.#parts.session.gpu.makeCurrent();
    this.#parts.tensors.load(weights);
  }

  /** Everything is bound before anything is computed. */
  #check(inputs: Bindings, outputs: Bindings): void {
    for (const port of this.inputs) boundInput(inputs, port);
    for (const port of this.outputs) bound(outputs, port);
    this.#parts.session.gpu.makeCurrent();
  }

  /** Uploads the inputs; what it returns must live until the stream is waited for. */
  #upload(given: Bindings): Float32Array<ArrayBuffer>[] {
    const { stream } = this.#parts.session.gpu;
    return this.#parts.load.map(({ port, staging }) => {
      const single = singleOf(bound(given, port)) ?? Float32Array.from(bound(given, port));
      stream.upload(single, staging.id, port.name);
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
    const { session: { gpu: { downloads, stream } }, store } = this.#parts;
    const received = store.map(({ port }) =>
      singleOf(bound(wanted, port)) ?? new Float32Array(elements(port.shape))
    );
    downloads.run(
      stream,
      store.map(({ port, staging }, i) => ({
        from: staging.id,
        to: received[i],
        what: port.name,
      })),
    );
    store.forEach(({ port }, i) => {
      const target = bound(wanted, port);
      if (target !== received[i]) target.set(received[i]);
    });
  }

  [Symbol.dispose](): void {
    try {
      this.#parts.session.gpu.makeCurrent();
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
