/**
 * What a backend is: something that runs plans.
 *
 * @module
 */

import type { WeightSource } from "../graph/weights.ts";
import type { Plan, Step } from "../plan/plan.ts";
import type { Planning } from "../plan/mod.ts";
import type { Bindings, Port } from "./bindings.ts";
import type { Passes } from "./passes.ts";
import type { PassPrediction } from "./prediction.ts";
import type { Resident } from "./resident.ts";

export type { Bindings, Elements, Port } from "./bindings.ts";

/** Names of the backends, the preferred first. */
export const BACKEND_NAMES = ["cudnn", "onednn", "reference"] as const;

/** Name of a backend. */
export type BackendName = typeof BACKEND_NAMES[number];

/** The backend that defines what is right, and is not fast. */
export const REFERENCE: BackendName = "reference";

/** Backends of hardware that most machines do not have: without them nothing is amiss. */
export const SPECIAL_BACKENDS: readonly BackendName[] = ["cudnn"];

/**
 * Precisions by name. `fp32` is strict; `tf32` stores single precision and multiplies with 10 bits
 * behind the first.
 */
export const PRECISIONS = ["fp64", "fp32", "tf32", "fp16", "bf16"] as const;

/** Element type of activations; sums of products are always kept in single precision or better. */
export type Precision = typeof PRECISIONS[number];

/** What a look at this machine says of a backend. */
export interface Probe {
  /** Whether it can be opened. */
  readonly available: boolean;
  /** What was found, or what is missing, in one sentence. */
  readonly detail: string;
  /** The command that would make it available. */
  readonly advice?: string;
  /** Whether it only pretends to be what it is, for tests: never chosen but by name. */
  readonly emulated?: boolean;
  /** Whether a native library is not what `setup` fetched: then no other backend is chosen instead. */
  readonly changed?: boolean;
}

/** What a backend runs on. Holds no host names and no paths. */
export interface DeviceFacts {
  /** Kind of device. */
  readonly kind: "cpu" | "gpu";
  /** Instruction set or compute capability that the library uses; null where it does not say. */
  readonly isa: string | null;
  /** Threads that it computes with; multiprocessors of a GPU. */
  readonly threads: number;
  /** Native libraries and their versions. */
  readonly libraries: Readonly<Record<string, string>>;
  /** What its speed depends on besides; absent on the CPU. */
  readonly gpu?: GpuDetails;
}

/** A GPU, as far as it is the same in every run on it. */
export interface GpuDetails {
  /** Its name, such as `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  /** Its memory in bytes. */
  readonly memory: number;
  /** Whether memory corrects errors; null where that is not known. */
  readonly ecc: boolean | null;
  /** Power that it may draw, in watts; null where that is not known. */
  readonly powerLimit: number | null;
  /** Whether the engines and kernels that are taken give the same bits in every run. */
  readonly deterministic: boolean;
}

/** How a device is doing at one moment. */
export interface DeviceState {
  /** Clock of the multiprocessors in MHz. */
  readonly clock: number;
  /** Clock of the memory in MHz. */
  readonly memoryClock: number;
  /** Degrees Celsius; null where it does not say. */
  readonly temperature: number | null;
  /** Memory that is taken on it by all programs, in bytes. */
  readonly memoryUsed: number;
  /** What holds its clocks down, in words; empty where nothing does. */
  readonly throttleReasons: readonly string[];
}

/** A kind of backend. */
export interface BackendFactory {
  /** Its name on the command line. */
  readonly name: BackendName;
  /** Looks at this machine; never throws. */
  probe(): Probe;
  /**
   * Predicts a pass on a device that need not be there; nothing is measured. Absent where nothing is
   * known of other devices than that at hand.
   *
   * @param device one of {@linkcode predictable}
   * @throws InputError for another device, or a precision that it does not have
   */
  predict?(plan: Plan, precision: Precision, device: string): PassPrediction;
  /** Devices that passes are predicted for. */
  readonly predictable?: readonly string[];
  /** What the planner must know of its backend, where passes are predicted. */
  readonly planning?: Planning;
  /**
   * Opens it.
   *
   * @throws MissingError when this machine lacks something, with the command that gets it
   */
  open(): Backend;
}

/** An open backend. */
export interface Backend extends Disposable {
  /** Its name on the command line. */
  readonly name: BackendName;
  /** What it runs on. */
  readonly device: DeviceFacts;
  /** Precisions that it computes in here. */
  readonly precisions: readonly Precision[];
  /** What the planner must know of it. */
  readonly planning: Planning;
  /**
   * Floating-point operations of one execution that it finishes in about a minute; absent where any
   * number may be asked of it.
   */
  readonly feasibleFlops?: number;
  /** How the device is doing now; null where that is not known. Absent where nothing tells it. */
  state?(): DeviceState | null;
  /**
   * Bytes of the device's memory that are free now, with regard to all programs. Absent where its
   * memory is that of the machine.
   */
  freeMemory?(): number;
  /**
   * Bytes a second that the device reads and writes while it copies so many bytes within its memory:
   * the best of some runs. Absent where nothing but a graph can move memory.
   *
   * @throws MissingError when the device has no room for two such pieces
   */
  copyRate?(bytes: number): number;
  /**
   * Makes a plan executable: packs the weights, creates the kernels, takes the memory.
   *
   * @throws MissingError when it does not compute in this precision here
   */
  lower(plan: Plan, weights: WeightSource, precision: Precision): Executable;
}

/** One step with the kernel that runs it. */
export interface LoweredStep {
  /** Name of the node. */
  readonly name: string;
  /** Which op. */
  readonly op: Step["op"];
  /** What runs it, as the library names it. */
  readonly implementation: string;
}

/** One step with the time that it took. */
export interface StepTime extends LoweredStep {
  /** Wall time in seconds. */
  readonly seconds: number;
}

/** Memory of an executable, in bytes. */
export interface MemoryUse {
  /** Activations. */
  readonly arena: number;
  /** Packed weights. */
  readonly weights: number;
  /** Scratch space of kernels. */
  readonly scratch: number;
}

/** A plan that is ready to run, any number of times. */
export interface Executable extends Disposable {
  /** What it takes. */
  readonly inputs: readonly Port[];
  /** What it gives. */
  readonly outputs: readonly Port[];
  /** Its steps. */
  readonly steps: readonly LoweredStep[];
  /** What it holds. */
  readonly memory: MemoryUse;
  /**
   * Takes other weights of the same shapes, as training does after every step. The elements must
   * stay as they are during the call only. They are not looked at: who trains looks at losses.
   */
  load(weights: WeightSource): void;
  /**
   * Runs once, from the inputs to the outputs, both in logical order.
   *
   * @throws InputError when a binding is missing, has the wrong number of elements, or an input
   *   holds what is not finite
   */
  run(inputs: Bindings, outputs: Bindings): void;
  /**
   * Runs once as {@linkcode run} does, and tells the seconds of it by the device's own clock: the
   * whole network, without the copies between host and device. Absent where the wall clock tells
   * them.
   *
   * @throws InputError when a binding is missing, has the wrong number of elements, or an input
   *   holds what is not finite
   */
  time?(inputs: Bindings, outputs: Bindings): number;
  /**
   * Runs once as {@linkcode run} does, and times every step by itself: for finding what is slow,
   * not for comparing backends.
   *
   * @throws InputError when a binding is missing, has the wrong number of elements, or an input
   *   holds what is not finite
   */
  profile(inputs: Bindings, outputs: Bindings): StepTime[];
  /**
   * Executions that overlap their copies with each other, with the bits that {@linkcode run} gives.
   * Absent where there is nothing to copy.
   *
   * @returns null where there is no room for more of its inputs and outputs
   */
  passes?(): Passes | null;
  /** What can stay on the device between executions. Absent where all is in the host's memory. */
  readonly resident?: Resident;
}
