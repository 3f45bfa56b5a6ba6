/**
 * What a run of a suite is asked to do.
 *
 * @module
 */

import type { Backend } from "../backends/backend.ts";
import type { LoadedManifest } from "../datasets/mod.ts";
import type { Progress } from "../progress/mod.ts";
import type { ShardRecord } from "../results/mod.ts";
import type { RunFolder } from "./run_folder.ts";
import type { LoadedSuite } from "./suite.ts";
import type { CommandLine } from "./timing_client.ts";

/** What to run, on what, and where to. */
export interface RunRequest extends RunFolder {
  /** The suite. */
  readonly loaded: LoadedSuite;
  /** Its scans. */
  readonly manifest: LoadedManifest;
  /** Places of scans in the manifest that are left out, since they are faulty; none if left out. */
  readonly skipped?: readonly number[];
  /** Indices of the scans that were chosen by hand; all that the suite asks for if left out. */
  readonly chosen?: readonly number[];
  /** The part of the run to do; all of it if left out. */
  readonly shard?: ShardRecord;
  /** What computes. */
  readonly backend: Backend;
  /** Told how far the work has come. */
  readonly progress: Progress;
  /**
   * What starts a process that times; null times in this process, without intervals (default: this
   * program itself, where it may start one).
   */
  readonly timingCommand?: CommandLine | null;
  /** Stops the run between two executions; what is finished stays. */
  readonly signal: AbortSignal;
}
