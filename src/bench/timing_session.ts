/**
 * One model ready to be timed: its network on random input, and a scan from files to mask.
 *
 * @module
 */

import {
  type Backend,
  type BackendName,
  compile,
  openBackend,
  type Precision,
} from "../backends/mod.ts";
import type { DeviceState, MemoryUse } from "../backends/backend.ts";
import { InputError } from "../base/errors.ts";
import type { LoadedCase } from "../datasets/mod.ts";
import { type CpuTimes, cpuTimes, peakMemory } from "../platform/mod.ts";
import type { KernelRecord } from "../results/mod.ts";
import {
  type ModelRequest,
  type Network,
  type PreparedModel,
  prepareModel,
  requireSegments,
} from "../segmentation/mod.ts";
import { kernelsOf } from "./kernels.ts";
import { randomBindings, timeOne } from "./network.ts";
import { runCase } from "./run_case.ts";

/** The scan of the scopes `case` and `end_to_end`. */
export interface TimedScan extends Pick<LoadedCase, "image" | "window" | "reading"> {
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** Where its mask goes: over the mask that is there. */
  readonly maskPath: string;
}

/** What to time. */
export interface TimingRequest {
  /** The model; a network of one's own by the path of its file. */
  readonly model: ModelRequest;
  /** What runs it. */
  readonly backend: BackendName;
  /** Element type of activations and weights. */
  readonly precision: Precision;
  /** Seed of random weights and of the input. */
  readonly seed: number;
  /** The scan; null where only the network is timed. */
  readonly scan: TimedScan | null;
}

/** What is known of a model that was made ready. */
export interface TimedFacts {
  /** Slices that one execution takes. */
  readonly slices: number;
  /** Floating-point operations of one execution. */
  readonly flops: number;
  /** Whether the device's own clock times the network. */
  readonly deviceClock: boolean;
  /** What runs its steps. */
  readonly kernels: readonly KernelRecord[];
  /** Memory that it holds, in bytes. */
  readonly memory: MemoryUse;
  /** Whether that memory is a GPU's. */
  readonly onGpu: boolean;
}

/** Seconds of a scan. */
export interface CaseSeconds {
  /** From stored voxels to mask, both in memory. */
  readonly case: number;
  /** From files on disk to the mask file on disk. */
  readonly end_to_end: number;
}

/** A moment in the life of the process that times. */
export interface TimedMoment {
  /** Processor times; null where the system does not tell. */
  readonly cpu: CpuTimes | null;
  /** Largest resident memory of the process so far, in bytes; null where unknown. */
  readonly peakRss: number | null;
  /** How the GPU is doing; null where nothing tells. */
  readonly device: DeviceState | null;
}

/** A model that can be timed, in this process or in another one. */
export interface TimingTarget {
  /** What is known of it. */
  readonly facts: TimedFacts;
  /** Seconds of one execution of the network. */
  network(): Promise<number>;
  /** Seconds of the scan. */
  scan(): Promise<CaseSeconds>;
  /** How the process is doing now. */
  moment(): Promise<TimedMoment>;
  /** Frees it. */
  close(): Promise<void>;
}

/**
 * Makes a model ready in this process.
 *
 * @param given an open backend, which stays open (default: the one of the request is opened)
 * @throws InputError and MissingError as building, loading and opening it do
 */
export function openSession(request: TimingRequest, given?: Backend): TimingTarget {
  const { model, precision, seed, scan } = request;
  const prepared = prepareModel(model, seed);
  if (scan !== null) requireSegments(prepared.model);
  using stack = new DisposableStack();
  const backend = given ?? stack.use(openBackend(request.backend));
  const executable = stack.use(
    compile(backend, prepared.model.graph, prepared.weights, precision),
  );
  const segmenter = { ...prepared, executable };
  const bindings = randomBindings(segmenter.executable, seed);
  const owned = stack.move();
  return {
    facts: factsOf(segmenter, backend),
    network: () =>
      Promise.resolve(timeOne(segmenter.executable, bindings.inputs, bindings.outputs)),
    async scan() {
      if (scan === null) throw new InputError("no scan was named to be timed");
      const { caseSeconds, endToEndSeconds } = await runCase(scan, segmenter, scan);
      return { case: caseSeconds, end_to_end: endToEndSeconds };
    },
    moment: () =>
      Promise.resolve({
        cpu: cpuTimes(),
        peakRss: peakMemory(),
        device: backend.state?.() ?? null,
      }),
    close() {
      owned.dispose();
      return Promise.resolve();
    },
  };
}

function factsOf(
  { executable, flops, grouping, model }: PreparedModel & Network,
  { device }: Backend,
): TimedFacts {
  return {
    // several stacks at once are timed, though scans pass through one by one
    slices: grouping.size * (model.dimensions === 3 ? model.inputShape[0] : 1),
    flops,
    deviceClock: executable.time !== undefined,
    kernels: kernelsOf(executable.steps),
    memory: executable.memory,
    onGpu: device.kind === "gpu",
  };
}
