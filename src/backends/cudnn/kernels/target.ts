/**
 * What calls are emitted for: a GPU at hand, or one that is only described.
 *
 * @module
 */

import { type KernelLaunch, launchKernel } from "../cuda/launch.ts";
import type { Generated, Program, ProgramName, Variant } from "../cuda/programs.ts";
import type { Engines, ExecutionPlan } from "../graph_api/engines.ts";
import type { Session } from "../graph_api/session.ts";
import { variantPack } from "../graph_api/variant_pack.ts";
import { Autotuner } from "./autotune.ts";
import type { Chooser } from "./chooser.ts";

/** Memory on a device. */
export interface DeviceMemory extends Disposable {
  /** Its address. */
  readonly id: bigint;
}

/** What calls are emitted for. */
export interface Target {
  readonly multiprocessors: number;
  /** Compute capability, times 10. */
  readonly capability: number;
  /** Engines of operation graphs. */
  readonly engines: Pick<Engines, "ready" | "compiled">;
  /** Chooses among the ways of steps; null where the first that works is taken. */
  readonly chooser: Chooser | null;
  /**
   * Device memory.
   *
   * @throws MissingError when there is no room
   */
  allocate(bytes: number, what: string): DeviceMemory;
  /** Fills device memory with what a function gives, and waits. */
  fill(address: bigint, make: () => BufferSource & { byteLength: number }, what: string): void;
  /** Handle of a kernel, compiled and loaded. */
  kernel<P extends ProgramName>(program: P, name: Program<P>, variant: Variant): bigint;
  /** Handle of a kernel that is written for what it computes, likewise. */
  generated(program: Generated, variant: Variant): bigint;
  /** Submits a kernel. */
  launch(launch: KernelLaunch): void;
  /** What submits an execution of a plan on tensors and a workspace at some addresses. */
  bind(
    plan: ExecutionPlan,
    bindings: readonly (readonly [id: number, address: bigint])[],
    workspace: bigint,
    owned: DisposableStack,
    context: string,
  ): () => void;
}

/** A GPU at hand. */
export function targetOf({ gpu, cudnn, handle, engines, tuning, identity }: Session): Target {
  const { memory, modules, stream, facts: { multiprocessors, capability } } = gpu;
  return {
    multiprocessors,
    capability,
    engines,
    chooser: tuning ? new Autotuner(gpu, identity) : null,
    allocate: (bytes, what) => memory.allocate(bytes, what),
    fill(address, make, what) {
      stream.upload(make(), address, what);
      // the elements are let go of
      stream.synchronize(what);
    },
    kernel: (program, name, variant) => modules.kernel(program, name, variant),
    generated: (program, variant) => modules.generated(program, variant),
    launch: (launch) => launchKernel(stream, launch),
    bind(plan, bindings, workspace, owned, context) {
      const pack = variantPack(cudnn, owned, context, bindings, workspace);
      const { descriptor } = plan;
      if (!descriptor) throw new TypeError(`${plan.name} is only described`);
      return () => handle.execute(descriptor, pack, context);
    },
  };
}
