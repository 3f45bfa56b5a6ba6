/**
 * Launching kernels.
 *
 * @module
 */

import type { PackedArguments } from "./arguments.ts";
import type { Stream } from "./stream.ts";

/** Blocks along x, y and z. */
export type Grid = readonly [x: number, y: number, z: number];

/** A kernel as it is launched. */
export interface KernelLaunch {
  /** What it is launched for, to be named in an error. */
  readonly context: string;
  readonly kernel: string;
  readonly id: bigint;
  readonly grid: Grid;
  /** Threads of a block along x and y. */
  readonly block: readonly [x: number, y: number];
  readonly args: PackedArguments;
}

/** Threads of a block where nothing says otherwise. */
const THREADS = 256;

/** Blocks a multiprocessor: enough to fill it, few enough that each has much to do. */
const BLOCKS_PER_MULTIPROCESSOR = 16;

/** Grid and block of a kernel that goes over `n` elements in as many threads as are useful. */
export function overElements(
  n: number,
  multiprocessors: number,
): Pick<KernelLaunch, "grid" | "block"> {
  const most = multiprocessors * BLOCKS_PER_MULTIPROCESSOR;
  const blocks = Math.max(1, Math.min(most, Math.ceil(n / THREADS)));
  return { grid: [blocks, 1, 1], block: [THREADS, 1] };
}

/** Submits a kernel to a stream. */
export function launchKernel({ driver, id: stream }: Stream, launch: KernelLaunch): void {
  const { context, kernel, id, args } = launch;
  const [gx, gy, gz] = launch.grid;
  const [bx, by] = launch.block;
  driver.check(
    driver.symbols.cuLaunchKernel(id, gx, gy, gz, bx, by, 1, 0, stream, args.pointers, 0n),
    `cuLaunchKernel(${kernel})`,
    context,
  );
}
