/**
 * What a part of the check is asked for.
 *
 * @module
 */

import * as z from "zod";

const compared = {
  /** Name such as `vnet:paper206`. */
  model: z.string(),
  /** Spatial sizes, (D,) H, W. */
  spatial: z.array(z.int().min(1)),
  /** Samples at once. */
  batch: z.int().min(1),
  /** Element type of activations. */
  precision: z.string(),
  /** Rounds in which all run in turn. */
  rounds: z.int().min(1),
  /** Timed runs of each in a round. */
  runs: z.int().min(1),
  /** Which of PyTorch's modes to compare with. */
  modes: z.array(z.enum(["eager", "compile"])),
  /** Seconds that PyTorch may take until it is ready. */
  patience: z.number().min(0),
  /** The Python that has PyTorch; null where there is none. */
  python: z.string().nullable(),
};

/** Checks a request that was handed to a process. */
export const requestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("device") }),
  z.strictObject({ kind: z.literal("network"), ...compared }),
  z.strictObject({
    kind: z.literal("scan"),
    ...compared,
    /** Voxels along z, y, x. */
    shape: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]),
  }),
]);

/** A request to a process of its own. */
export type Request = z.infer<typeof requestSchema>;

/** A request to time a model's graph. */
export type NetworkRequest = Extract<Request, { kind: "network" }>;

/** A request to time a scan. */
export type ScanRequest = Extract<Request, { kind: "scan" }>;

/** What a process says of the machine. */
export interface DeviceAnswer {
  /** The machine and the GPU, as results tell of them. */
  readonly environment: import("../../src/results/mod.ts").EnvironmentRecord;
  /** Whether it is the double of the tests. */
  readonly emulated: boolean;
  /** Precisions that it computes in. */
  readonly precisions: readonly string[];
}
