/**
 * How a batch of frames is laid out in memory that its maker and the workers share.
 *
 * @module
 */

import type { Codec } from "../codestream.ts";
import type { FrameShape } from "./codecs.ts";

/** One frame to decode. */
export interface FrameJob {
  /** What decodes it. */
  readonly codec: Codec;
  /** What it must turn out to be. */
  readonly shape: FrameShape;
  /** Where its bytes lie in `Batch.input`. */
  readonly from: number;
  /** How many they are. */
  readonly length: number;
  /** Where its samples go in `Batch.output`. */
  readonly to: number;
}

/** Frames that workers take one after another. */
export interface Batch {
  /** `NEXT`, `DONE`, then one `STATUS` a job. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Compressed bytes of all jobs. */
  readonly input: Uint8Array<SharedArrayBuffer>;
  /** Samples of all jobs. */
  readonly output: Uint8Array<SharedArrayBuffer>;
  /** What went wrong with each job: `MESSAGE` bytes of UTF-8 a job, filled up with zeros. */
  readonly messages: Uint8Array<SharedArrayBuffer>;
  /** The jobs. */
  readonly jobs: readonly FrameJob[];
}

/** Places in `Batch.control`: the job that is taken next, the jobs that are done. */
export const [NEXT, DONE, STATUS] = [0, 1, 2];

/** What a job has come to. */
export const [WAITING, DECODED, FAILED] = [0, 1, 2];

/** Bytes of a message. */
export const MESSAGE = 256;
