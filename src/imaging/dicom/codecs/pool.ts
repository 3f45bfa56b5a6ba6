/**
 * Workers that decode frames while their maker waits, so that reading a scan stays one call.
 *
 * @module
 */

import { MissingError } from "../../../base/errors.ts";
import { type Batch, DONE, FAILED, type FrameJob, MESSAGE, STATUS } from "./job.ts";

/** A frame to decode, with its compressed bytes in parts. */
export interface Frame extends Pick<FrameJob, "codec" | "shape"> {
  /** Bytes of its parts, together. */
  readonly length: number;
  /** Puts the bytes into memory of that length. */
  readonly load: (into: Uint8Array<SharedArrayBuffer>) => void;
  /** Takes its samples, valid during the call. */
  readonly take: (samples: Uint8Array<SharedArrayBuffer>) => void;
  /** Throws what is to be said of a frame that could not be decoded. */
  readonly refuse: (why: string) => never;
}

/** Workers at most: each holds a decoder and its memory. */
const MOST_WORKERS = 8;

/** Samples of a batch, in bytes: workers wait for one another once in so many. */
const BATCH = 64 * 2 ** 20;

/** A worker needs a fraction of a second to start; after so many milliseconds it never will. */
const PATIENCE = 60_000;

/** Workers, started when the first frames come, ended with it. */
export class DecoderPool implements Disposable {
  readonly #workers: Worker[] = [];

  /**
   * Decodes frames: loads, decodes, and hands over their samples in the order given. The first
   * frame of that order that cannot be decoded is refused, whichever failed first.
   *
   * @param around called around the loading of each batch and around its decoding
   * @throws MissingError where no worker starts
   */
  decode(
    frames: readonly Frame[],
    around: {
      readonly load: (work: () => void) => void;
      readonly decode: (work: () => void) => void;
    },
  ): void {
    for (let at = 0; at < frames.length;) {
      let end = at;
      for (let bytes = 0; end < frames.length && (end === at || bytes < BATCH); end++) {
        bytes += samplesOf(frames[end]);
      }
      const part = frames.slice(at, end);
      const batch = layOut(part);
      around.load(() => part.forEach(({ load }, index) => load(inputOf(batch, index))));
      around.decode(() => {
        this.#run(batch);
        part.forEach((frame, index) => hand(frame, batch, index));
      });
      at = end;
    }
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    this.#workers.forEach((worker) => worker.terminate());
    this.#workers.length = 0;
  }

  #run(batch: Batch): void {
    const { control, jobs } = batch;
    const wanted = Math.min(jobs.length, navigator.hardwareConcurrency, MOST_WORKERS);
    while (this.#workers.length < wanted) this.#workers.push(start());
    for (const worker of this.#workers) worker.postMessage(batch);
    for (let done = 0; done < jobs.length; done = Atomics.load(control, DONE)) {
      const outcome = Atomics.wait(control, DONE, done, PATIENCE);
      // a long frame is no reason to give up, but no frame at all is
      if (outcome === "timed-out" && done === 0 && Atomics.load(control, 0) === 0) {
        throw new MissingError("no worker that decodes frames could be started", {
          advice: "decompress the scan first, for example with dcmconv, gdcmconv or dcmdjpeg",
        });
      }
    }
  }
}

/**
 * Never called: so that the worker and its packages are part of the program's graph, fetched and
 * locked with the rest of it, rather than when the first compressed scan is read.
 */
export const workerModule = (): Promise<unknown> => import("./worker.ts");

function start(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

function layOut(frames: readonly Frame[]): Batch {
  let [from, to] = [0, 0];
  const jobs = frames.map((frame): FrameJob => {
    const job = { codec: frame.codec, shape: frame.shape, from, length: frame.length, to };
    from += frame.length;
    to += samplesOf(frame);
    return job;
  });
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * (STATUS + jobs.length))),
    input: new Uint8Array(new SharedArrayBuffer(from)),
    output: new Uint8Array(new SharedArrayBuffer(to)),
    messages: new Uint8Array(new SharedArrayBuffer(MESSAGE * jobs.length)),
    jobs,
  };
}

function inputOf({ input, jobs }: Batch, index: number): Uint8Array<SharedArrayBuffer> {
  return input.subarray(jobs[index].from, jobs[index].from + jobs[index].length);
}

function hand(frame: Frame, { control, output, messages, jobs }: Batch, index: number): void {
  if (control[STATUS + index] === FAILED) {
    const text = messages.slice(index * MESSAGE, (index + 1) * MESSAGE);
    frame.refuse(new TextDecoder().decode(text).replace(/\0+$/, ""));
  }
  const { to } = jobs[index];
  frame.take(output.subarray(to, to + samplesOf(frame)));
}

function samplesOf({ shape }: Pick<Frame, "shape">): number {
  return shape.rows * shape.columns * shape.bytes;
}
