/**
 * One model ready to be timed: its network on random input, and a scan from files to mask.
 *
 * @module
 */

import { type Backend, type BackendName, openBackend, type Precision } from "../backends/mod.ts";
import type { DeviceState, MemoryUse } from "../backends/backend.ts";
import { InputError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { type LoadedCase, readCaseScan } from "../datasets/mod.ts";
import { planWindow, type Volume, type WindowPlan } from "../imaging/mod.ts";
import { type CpuTimes, cpuTimes, peakMemory, processorTimes } from "../platform/mod.ts";
import type { KernelRecord } from "../results/mod.ts";
import {
  compileModel,
  fitDevice,
  type ModelRequest,
  type Network,
  type PreparedModel,
  prepareModel,
  requireSegments,
  segment,
} from "../segmentation/mod.ts";
import { kernelsOf } from "./kernels.ts";
import { randomBindings, timeOne } from "./network.ts";
import { type PlanFacts, planFacts } from "./plan_facts.ts";
import { runCase } from "./run_case.ts";
import type { RunScope } from "./run_scopes.ts";
import { NOT_SLOWED, slowed, type Slowness } from "./slowed.ts";
import { monotonic } from "./timer.ts";

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

/** One run, by two clocks. */
export interface RunSeconds {
  /** Seconds that passed; of the device's own clock for a network on a device that has one. */
  readonly elapsed: number;
  /**
   * Seconds of processor time of all threads together, since threads that take work as they find
   * time share it out otherwise in every run; null where the system does not tell, or a GPU did the
   * work.
   */
  readonly processor: number | null;
}

/** A scan that was segmented. */
export interface SegmentedScan {
  /** SHA-256 of the mask's voxels. */
  readonly maskSha256: string;
  /** Foreground voxels. */
  readonly foreground: number;
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

/** A model that was made ready in this process, which can tell more of it. */
export interface TimingSession extends TimingTarget {
  /** One run, by two clocks. */
  run(scope: RunScope): Promise<RunSeconds>;
  /** Makes all later runs slower. */
  slow(slowness: Slowness): void;
  /** What is known before it runs. */
  plan(): PlanFacts;
  /** Segments a scan and writes its mask. */
  segment(scan: TimedScan): Promise<SegmentedScan>;
}

/**
 * Makes a model ready in this process.
 *
 * @param given an open backend, which stays open (default: the one of the request is opened)
 * @throws InputError and MissingError as building, loading and opening it do
 */
export function openSession(request: TimingRequest, given?: Backend): TimingSession {
  const { model, precision, seed, scan } = request;
  const asked = prepareModel(model, seed);
  if (scan !== null) requireSegments(asked.model);
  using stack = new DisposableStack();
  const backend = given ?? stack.use(openBackend(request.backend));
  const prepared = fitDevice(asked, backend);
  const compiled = stack.use(compileModel(backend, prepared, precision));
  let slowness = NOT_SLOWED;
  const executable = slowed(compiled, () => slowness);
  const segmenter = { ...prepared, executable };
  const bindings = randomBindings(segmenter.executable, seed);
  let held: HeldScan | undefined;
  const runs: Readonly<Record<RunScope, () => Promise<number>>> = {
    network: () => Promise.resolve(timeOne(executable, bindings.inputs, bindings.outputs)),
    async case() {
      if (scan === null) throw new InputError("no scan was named to be timed");
      // read once, so that every run begins with the same voxels in memory
      held ??= hold(scan);
      const { volume, window } = held;
      const start = monotonic();
      await segment(volume, segmenter, { window, threshold: scan.threshold });
      return monotonic() - start;
    },
  };
  const owned = stack.move();
  return {
    facts: factsOf(segmenter, backend),
    network: runs.network,
    run: (scope) => byTwoClocks(runs[scope], backend.device),
    slow: (asked) => void (slowness = asked),
    plan: () => planFacts(prepared, executable, backend),
    async segment(one) {
      requireSegments(prepared.model);
      const { segmentation: { mask } } = await runCase(one, segmenter, one);
      return {
        maskSha256: sha256(mask),
        foreground: mask.reduce((count, voxel) => count + voxel, 0),
      };
    },
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

/** A scan in memory, as the scope `case` begins. */
interface HeldScan {
  readonly volume: Volume;
  readonly window: WindowPlan;
}

function hold({ image, reading, window }: TimedScan): HeldScan {
  const volume = readCaseScan({ image, reading });
  return { volume, window: planWindow(volume, window) };
}

/** Runs something and tells both clocks' seconds; a GPU's work is in no processor time. */
async function byTwoClocks(
  run: () => Promise<number>,
  { kind }: Backend["device"],
): Promise<RunSeconds> {
  const before = kind === "cpu" ? processorTimes() : null;
  const elapsed = await run();
  const after = before && processorTimes();
  return {
    elapsed,
    processor: before && after && after.all - before.all,
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
