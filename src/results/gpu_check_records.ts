/**
 * GpuCheck v1: what `benchmarks/gpu_check.ts` leaves behind. Nothing in it names a host or a path.
 *
 * @module
 */

import type { ProfileRecord } from "./profile_records.ts";
import type { EnvironmentRecord, ToolRecord } from "./run_result.ts";
import type { DeviceStateRecord } from "./timing_records.ts";

/** The results of one check of a machine with a GPU. */
export interface GpuCheck {
  /** What kind of file this is. */
  readonly schema: "stackbench/gpu-check";
  /** Version of the schema. */
  readonly version: 1;
  /** `partial` while a part was not run for lack of time: the check can be gone on with. */
  readonly status: "partial" | "complete";
  /** What made it. */
  readonly tool: ToolRecord;
  /** Sizes and repetitions: `full`, or `tiny` for trying the check itself. */
  readonly settings: "full" | "tiny";
  /** The machine and the GPU. */
  readonly environment: EnvironmentRecord;
  /** Whether the GPU is the double of the tests: then no time in here means anything. */
  readonly emulated: boolean;
  /** Whose libraries ran, by key, in words that hold no path. */
  readonly origins?: Readonly<Record<string, string>> | undefined;
  /** The parts in the order in which they are run. */
  readonly parts: readonly PartRecord[];
  /** Facts of this one check. */
  readonly volatile: {
    /** When it started, ISO 8601, UTC. */
    readonly startedAt: string;
    /** When this file was written. */
    readonly writtenAt: string;
  };
}

/** One part of a check. */
export type PartRecord =
  & {
    /** Its name, such as `network vnet:paper206 fp32`. */
    readonly name: string;
  }
  & (
    | {
      /** It ran to its end, and what must hold does. */
      readonly status: "done";
      /** Seconds that it took, its start included. */
      readonly seconds: number;
      /** What it found. */
      readonly result: PartResult;
    }
    | {
      /** Something is wrong. */
      readonly status: "failed";
      /** Seconds that it took. */
      readonly seconds: number;
      /** What is wrong. */
      readonly reason: string;
    }
    | {
      /** It was not run: `later` where there was no time, `impossible` where something is missing. */
      readonly status: "later" | "impossible";
      /** Why. */
      readonly reason: string;
    }
  );

/** What a part found. */
export type PartResult = TestsResult | NetworkResult | ScanResult;

/** Tests that ran on the GPU. */
export interface TestsResult {
  /** Which kind of result. */
  readonly kind: "tests";
  /** Tests that passed. */
  readonly passed: number;
  /** The tool of compute-sanitizer that watched, which found nothing wrong; null without one. */
  readonly watchedBy: string | null;
}

/** Times of one implementation. */
export interface TimesRecord {
  /** Seconds of each timed run, a list for each round. */
  readonly rounds: readonly (readonly number[])[];
  /** Median of all of them. */
  readonly median: number;
  /** Memory of the GPU that it held at most, in bytes; null where that is not known. */
  readonly deviceMemory: number | null;
}

/** PyTorch in the same rounds. */
export type PeerRecord =
  & {
    /** `eager` or `compile` (torch.compile), with cuDNN's autotuning. */
    readonly mode: "eager" | "compile";
  }
  & (
    | {
      /** It ran. */
      readonly status: "done";
      /** Version of PyTorch. */
      readonly torch: string;
      /** Where it ran. */
      readonly device: "cuda" | "cpu";
      /** Memory order and how it was launched: the fastest of those that it tried. */
      readonly setting?: string | undefined;
      /** Its times. */
      readonly times: TimesRecord;
      /** Our time over its time: the median over the rounds, and a 95 % bootstrap interval. */
      readonly ratio: {
        /** The median. */
        readonly median: number;
        /** The interval; null for fewer than three rounds. */
        readonly interval: readonly [number, number] | null;
      };
    }
    | {
      /** It did not run. */
      readonly status: "missing";
      /** Why. */
      readonly reason: string;
    }
  );

/** What every comparison says of the model. */
export interface ComparedModel {
  /** Name such as `vnet:paper206`. */
  readonly model: string;
  /** Shape of one execution's input, N, C, (D,) H, W. */
  readonly input: readonly number[];
  /** Element type of activations. */
  readonly precision: string;
  /** Floating-point operations of one execution; taps outside the input do not count. */
  readonly flops: number;
  /** Our times. */
  readonly ours: TimesRecord;
  /** PyTorch's. */
  readonly peers: readonly PeerRecord[];
  /** The GPU before the first run and after the last one; null where nothing tells. */
  readonly state: {
    /** Before the first run. */
    readonly before: DeviceStateRecord;
    /** After the last run. */
    readonly after: DeviceStateRecord;
  } | null;
}

/** Executions of a model's graph, inputs and outputs on the device; times are of its events. */
export interface NetworkResult extends ComparedModel {
  /** Which kind of result. */
  readonly kind: "network";
  /** How much of what the GPU can do is used. */
  readonly share: {
    /** Of its fastest product of matrices, measured here in the same precision. */
    readonly flops: number;
    /** Of its fastest traffic to and from memory, measured here. */
    readonly bandwidth: number;
  };
  /** Step by step. */
  readonly profile: ProfileRecord;
}

/** A whole scan, stored voxels in host memory to mask in host memory; times are of the wall clock. */
export interface ScanResult extends ComparedModel {
  /** Which kind of result. */
  readonly kind: "scan";
  /** Voxels along z, y, x. */
  readonly shape: readonly [number, number, number];
  /** Executions of the graph that one scan takes. */
  readonly executions: number;
  /** Our seconds in each phase of the last run. */
  readonly phases: Readonly<Record<string, number>>;
}
