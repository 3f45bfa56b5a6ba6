/**
 * The cuDNN backend: NVIDIA GPUs through the graph API of cuDNN 9, the CUDA driver and NVRTC.
 *
 * @module
 */

import { MissingError } from "../../base/errors.ts";
import type { WeightSource } from "../../graph/weights.ts";
import type { Plan } from "../../plan/plan.ts";
import { findLibrary, LIBRARIES, requireLibrary } from "../../platform/libraries.ts";
import {
  type Backend,
  type BackendFactory,
  type DeviceFacts,
  type DeviceState,
  type Executable,
  type Precision,
  PRECISIONS,
  type Probe,
} from "../backend.ts";
import { unavailable } from "../unavailable.ts";
import { timeInTurns } from "./cuda/timing.ts";
import { DEVICE_MODELS } from "./device_models.ts";
import { lower } from "./executable.ts";
import { type LibraryPaths, Session, type SessionOptions } from "./graph_api/session.ts";
import { PLANNING } from "./planning.ts";
import { predict } from "./predict.ts";
import { ARITHMETIC, unsupportedPlanReason, unsupportedReason } from "./precisions.ts";

/** The cuDNN backend on the libraries that are found on this machine. */
export const cudnn: BackendFactory = cudnnOn(locate);

/** The cuDNN backend on given libraries, such as the double that tests build. */
export function cudnnOn(paths: () => LibraryPaths, options?: SessionOptions): BackendFactory {
  return {
    name: "cudnn",
    probe: () => probe(paths),
    open: () => new CudnnBackend(new Session(paths(), options)),
    predict,
    predictable: Object.keys(DEVICE_MODELS),
    planning: PLANNING,
  };
}

function probe(paths: () => LibraryPaths): Probe {
  try {
    using session = new Session(paths());
    const { cudnn, gpu: { driver, facts, state } } = session;
    const throttled = state?.throttleReasons.join(", ");
    const clock = state ? `, ${state.clock} MHz${throttled && `, held down by ${throttled}`}` : "";
    const detail = `${facts.name}, CUDA ${driver.versionText}, cuDNN ${cudnn.versionText}${clock}`;
    return { available: true, detail, emulated: facts.emulated };
  } catch (thrown) {
    return unavailable(thrown, LIBRARIES.cuda.advice);
  }
}

/** The driver first: where there is none, nothing else helps. */
function locate(): LibraryPaths {
  return {
    cuda: requireLibrary("cuda").path,
    nvrtc: requireLibrary("nvrtc").path,
    cudnn: requireLibrary("cudnn").path,
    nvml: findLibrary("nvml")?.path ?? null,
  };
}

class CudnnBackend implements Backend {
  readonly name = "cudnn";
  readonly planning = PLANNING;
  readonly device: DeviceFacts;
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    const { cudnn, nvrtc, gpu: { driver, facts, state } } = session;
    this.device = {
      kind: "gpu",
      isa: `sm_${facts.capability} (${facts.name})`,
      threads: facts.multiprocessors,
      libraries: {
        ...(state ? { "NVIDIA driver": state.driver } : {}),
        CUDA: driver.versionText,
        cuDNN: cudnn.versionText,
        NVRTC: nvrtc.versionText,
      },
      gpu: {
        name: facts.name,
        memory: facts.memory,
        ecc: state?.ecc ?? null,
        powerLimit: state?.powerLimit ?? null,
        // the engines that are ruled out in graph_api/engines.ts
        deterministic: true,
      },
    };
  }

  get precisions(): readonly Precision[] {
    return PRECISIONS.filter((precision) =>
      unsupportedReason(this.#session, precision) === undefined
    );
  }

  state(): DeviceState | null {
    const { gpu } = this.#session;
    const state = gpu.stateNow();
    if (!state) return null;
    gpu.makeCurrent();
    const { free, total } = gpu.memory.usage("its state");
    const { clock, memoryClock, temperature, throttleReasons } = state;
    return { clock, memoryClock, temperature, memoryUsed: total - free, throttleReasons };
  }

  freeMemory(): number {
    const { gpu } = this.#session;
    gpu.makeCurrent();
    return gpu.memory.usage("a batch").free;
  }

  copyRate(bytes: number): number {
    const { gpu } = this.#session;
    gpu.makeCurrent();
    using stack = new DisposableStack();
    const [from, to] = [0, 1].map(() => stack.use(gpu.memory.allocate(bytes, "a copy")).id);
    const [seconds] = timeInTurns(
      gpu,
      [() => gpu.stream.copy(from, to, bytes, "a copy")],
      "a copy",
    );
    return 2 * bytes / seconds;
  }

  lower(plan: Plan, weights: WeightSource, precision: Precision): Executable {
    const problem = unsupportedReason(this.#session, precision) ??
      unsupportedPlanReason(this.#session, plan, precision);
    const arithmetic = ARITHMETIC[precision];
    if (problem !== undefined || !arithmetic) {
      throw new MissingError(`the cuDNN backend does not compute in ${precision}: ${problem}`, {
        advice: `choose one of ${this.precisions.join(", ")}, or another backend`,
        details: { precision, isa: this.device.isa },
      });
    }
    return lower(this.#session, plan, weights, arithmetic);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}
