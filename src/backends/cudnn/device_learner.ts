/**
 * Training on the GPU: weights and moments stay there, the host sees the loss.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type Bindings, bound, type Port, singleOf } from "../bindings.ts";
import type { AdamFactors, LearnedWeights, Learner, LearningPlan } from "../learning.ts";
import {
  address,
  type Argument,
  i64,
  packArguments,
  type PackedArguments,
} from "./cuda/arguments.ts";
import { CudaGraph } from "./cuda/cuda_graph.ts";
import type { DataType } from "./cuda/data_type.ts";
import type { Gpu } from "./cuda/gpu.ts";
import { launchKernel, overElements } from "./cuda/launch.ts";
import type { Program } from "./cuda/programs.ts";
import type { PackedWeight } from "./kernels/tensors.ts";

/** Where an input or output lies on the device, floats in logical order. */
export interface Place {
  /** What it is. */
  readonly port: Port;
  readonly address: bigint;
}

/** The graph of a training step on the device. */
export interface StepOnDevice {
  /** Inputs by name. */
  readonly inputs: ReadonlyMap<string, Place>;
  /** Outputs by name. */
  readonly outputs: ReadonlyMap<string, Place>;
  /** The parameters as its kernels read them. */
  readonly packedWeights: readonly PackedWeight[];
  /** Submits one execution. */
  submit(): void;
}

/** Numbers on the device with the array of a weight's state that they come from and go to. */
interface Kept {
  readonly name: string;
  readonly part: "weights" | "mean" | "square";
  readonly address: bigint;
  readonly length: number;
}

/** Training steps on the GPU. */
export class DeviceLearner implements Learner, Disposable {
  readonly #gpu: Gpu;
  readonly #owned: DisposableStack;
  readonly #step: StepOnDevice;
  /** Inputs that come from the host in every step. */
  readonly #given: readonly Place[];
  readonly #loss: Place;
  readonly #kept: Kept[] = [];
  /** Launch what packs the parameters, and what follows an execution. */
  readonly #packing: (() => void)[] = [];
  readonly #update: (() => void)[] = [];
  readonly #factors: bigint;
  readonly #failed: bigint;
  readonly #whole: CudaGraph;

  /**
   * Takes the memory.
   *
   * @throws MissingError when the GPU has no room
   */
  constructor(gpu: Gpu, plan: LearningPlan, step: StepOnDevice) {
    using owned = new DisposableStack();
    this.#gpu = gpu;
    this.#step = step;
    const carried = new Set(plan.carried.map(({ input }) => input));
    this.#given = [...step.inputs.values()].filter(({ port }) => !carried.has(port.name));
    this.#loss = step.outputs.get(plan.loss)!;
    const room = (bytes: number, what: string) => owned.use(gpu.memory.allocate(bytes, what)).id;
    this.#factors = room(FACTORS * Float64Array.BYTES_PER_ELEMENT, "the factors of Adam");
    this.#failed = room(Int32Array.BYTES_PER_ELEMENT, "a flag");
    for (const { parameter: name, gradient } of plan.learned) {
      const place = step.outputs.get(gradient)!;
      const length = elements(place.port.shape);
      const [weights, mean, square] = (["weights", "mean", "square"] as const).map((part) => {
        const at = room(length * Float32Array.BYTES_PER_ELEMENT, `${part} of ${name}`);
        this.#kept.push({ name, part, address: at, length });
        return at;
      });
      this.#update.push(this.#launch("adam", "f32", length, (n) => [
        ...[address(weights), address(mean), address(square), address(place.address), n],
        ...[address(this.#factors), address(this.#failed)],
      ]));
      for (const packed of step.packedWeights.filter((one) => one.name === name)) {
        this.#packing.push(this.#launch("pack_parameter", packed.type, length, (n) => [
          ...[address(weights), address(packed.address), n],
          ...[i64(packed.C), i64(packed.inner)],
        ]));
      }
    }
    for (const { input, output } of plan.carried) {
      const [to, from] = [step.inputs.get(input)!, step.outputs.get(output)!];
      const length = elements(to.port.shape);
      this.#kept.push({ name: input, part: "weights", address: to.address, length });
      this.#update.push(this.#launch("carry", "f32", length, (n) => [
        ...[address(from.address), address(to.address), n, address(this.#failed)],
      ]));
    }
    this.#owned = owned.move();
    this.#whole = new CudaGraph(gpu.stream, this.#owned, () => this.#submit(), "a training step");
  }

  load(weights: LearnedWeights): void {
    const { stream } = this.#gpu;
    this.#gpu.makeCurrent();
    for (const { name, part, address: at } of this.#kept) {
      stream.upload(weights.get(name)![part], at, name);
    }
    for (const launch of this.#packing) launch();
    stream.synchronize("the weights");
  }

  step(
    inputs: Bindings,
    { beta1, beta2, epsilon, size, correction }: AdamFactors,
  ): { readonly loss: number; readonly finite: boolean } {
    const { stream } = this.#gpu;
    this.#gpu.makeCurrent();
    const kept = this.#given.map(({ port, address: at }) => {
      const given = bound(inputs, port);
      const single = singleOf(given) ?? Float32Array.from(given);
      stream.upload(single, at, port.name);
      return single;
    });
    const factors = Float64Array.of(beta1, beta2, epsilon, size, correction);
    const [loss, failed] = [new Float32Array(1), new Int32Array(1)];
    stream.upload(factors, this.#factors, "the factors of Adam");
    stream.upload(failed, this.#failed, "a flag");
    this.#whole.submit();
    this.#gpu.downloads.run(stream, [
      { from: this.#loss.address, to: loss, what: "the loss" },
      { from: this.#failed, to: failed, what: "a flag" },
    ]);
    // what was uploaded lives until here
    void [kept, factors];
    this.#whole.capture();
    return { loss: loss[0], finite: failed[0] === 0 && Number.isFinite(loss[0]) };
  }

  store(weights: LearnedWeights): void {
    this.#gpu.makeCurrent();
    this.#gpu.downloads.run(
      this.#gpu.stream,
      this.#kept.map(({ name, part, address: from }) => ({
        from,
        to: weights.get(name)![part],
        what: name,
      })),
    );
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }

  #submit(): void {
    this.#step.submit();
    for (const launch of this.#update) launch();
    for (const launch of this.#packing) launch();
  }

  /** What launches a kernel over elements; its arguments live as long as that. */
  #launch(
    kernel: Program<"training">,
    type: DataType,
    length: number,
    args: (n: Argument) => readonly Argument[],
  ): () => void {
    const { stream, modules, facts } = this.#gpu;
    const launch = {
      context: "a training step",
      kernel,
      id: modules.kernel("training", kernel, { type }),
      ...overElements(length, facts.multiprocessors),
    };
    const packed: PackedArguments = packArguments(args(i64(length)), () => 0n);
    return () => launchKernel(stream, { ...launch, args: packed });
  }
}

/** Numbers of `AdamFactors`. */
const FACTORS = 5;
