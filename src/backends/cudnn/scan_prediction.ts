/**
 * How long a whole scan is predicted to take: its copies, the kernels around the network and what the
 * host copies, one after another and as they overlap in `device_scan.ts`.
 *
 * @module
 */

import { elements, type Shape } from "../../base/shapes.ts";
import type { ScanPrediction } from "../prediction.ts";
import type { DeviceModel } from "./device_models.ts";
import { predictWork } from "./device_models.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import { moving } from "./kernels/work.ts";

/** Slices of the scan that is predicted: those of the paper's. */
const SLICES = 709;

/** Bytes of a stored voxel, and of one of a mask. */
const [CODE, MASK] = [2, 1];

/** Bytes of a number in single and in double precision. */
const [SINGLE, DOUBLE] = [4, 8];

/** Share of the link's bandwidth that copies of pinned memory are assumed to reach. */
const LINK_SHARE = 0.8;

/** Bytes a second that a thread of the host copies from memory to memory, or looks through. */
const HOST_COPY = 8e9;

/** What the prediction of a scan rests on, in sentences. */
export const SCAN_ASSUMPTIONS: readonly string[] = [
  `a scan has ${SLICES} slices of the network's size, in two bytes a voxel`,
  `copies of pinned memory reach ${LINK_SHARE} of the link, each way at the same time`,
  `a thread of the host copies or looks through ${
    HOST_COPY / 1e9
  } GB/s, and finds the memory of a ` +
  "scan ready; masks are mostly zeros, which nobody writes",
];

/** Seconds of the parts of a group's way to the device, through the network and back. */
export interface GroupParts {
  /** The host copies its slices into pinned memory. */
  readonly fill: number;
  /** They go up. */
  readonly up: number;
  /** They are read, behind which their place is free. */
  readonly read: number;
  /** Everything else on the device, up to the mask. */
  readonly compute: number;
  /** The mask goes down. */
  readonly down: number;
  /** The host looks through it, and takes what is foreground. */
  readonly empty: number;
}

/**
 * Seconds until the last mask is there, if every part waits but for what it needs: there are two of
 * each piece of pinned memory, one host, one engine a direction, and one network.
 *
 * @example
 * ```ts
 * import { overlapped } from "./scan_prediction.ts";
 * import assert from "node:assert/strict";
 * const group = { fill: 1, up: 2, read: 1, compute: 9, down: 2, empty: 1 };
 * // the first comes up, ten networks' worth of work follows without a gap, the last goes down
 * assert.equal(overlapped(new Array(10).fill(group)), 3 + 10 * 10 + 3);
 * ```
 */
export function overlapped(groups: readonly GroupParts[]): number {
  let [host, upFree, networkFree, downFree, lastRead] = [0, 0, 0, 0, 0];
  const uploaded: number[] = [], downloaded: number[] = [];
  const upload = (g: number) => {
    host = Math.max(host, uploaded[g - 2] ?? 0) + groups[g].fill;
    upFree = Math.max(host, upFree, lastRead) + groups[g].up;
    uploaded[g] = upFree;
  };
  const finish = (g: number) => host = Math.max(host, downloaded[g]) + groups[g].empty;
  groups.forEach(({ read, compute, down }, g) => {
    if (g === 0) upload(0);
    lastRead = Math.max(host, networkFree, uploaded[g]) + read;
    networkFree = lastRead + compute;
    if (g + 1 < groups.length) upload(g + 1);
    downFree = Math.max(host, networkFree, downFree) + down;
    downloaded[g] = downFree;
    if (g > 0) finish(g - 1);
  });
  if (groups.length > 0) finish(groups.length - 1);
  return host;
}

/**
 * A prediction of a scan.
 *
 * @param input shape of the network's input: N, C, H, W of slices or 1, 1, D, H, W of a stack
 * @param pass seconds of the network
 * @returns null where the input is neither
 */
export function predictScan(
  model: DeviceModel,
  arithmetic: Arithmetic,
  input: Shape,
  pass: number,
): ScanPrediction | null {
  const stack = input.length === 5;
  if (input.length !== 4 && (!stack || input[0] !== 1 || input[1] !== 1)) return null;
  const size = stack ? input[2] : input[0];
  const plane = input[input.length - 2] * input[input.length - 1];
  const link = LINK_SHARE * model.link;
  const on = (bytes: number) => predictWork(moving(bytes), model, arithmetic).seconds;
  const groups = Array.from({ length: Math.ceil(SLICES / size) }, (_, i): GroupParts => {
    const voxels = plane * Math.min(size, SLICES - i * size);
    const around = [
      DOUBLE * voxels + SINGLE * elements(input),
      // a probability is added to a sum, which is read back and resized
      3 * SINGLE * voxels,
      (SINGLE + DOUBLE) * voxels,
      (DOUBLE + MASK) * voxels,
    ];
    return {
      fill: CODE * voxels / HOST_COPY,
      up: CODE * voxels / link,
      read: on((CODE + DOUBLE) * voxels),
      compute: pass + around.reduce((sum, bytes) => sum + on(bytes), 0),
      down: MASK * voxels / link,
      empty: MASK * voxels / HOST_COPY,
    };
  });
  const inTurn = groups.reduce(
    (sum, parts) => sum + Object.values(parts).reduce((all, one) => all + one, 0),
    0,
  );
  return { slices: SLICES, executions: groups.length, inTurn, seconds: overlapped(groups) };
}
