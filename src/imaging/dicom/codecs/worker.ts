/**
 * A worker that decodes frames: it takes jobs of a batch until none is left.
 *
 * @module
 */

import { messageOf } from "../../../base/errors.ts";
import type { Codec } from "../codestream.ts";
import { CODECS, type FrameDecoder } from "./codecs.ts";
import { type Batch, DECODED, DONE, FAILED, type FrameJob, MESSAGE, NEXT, STATUS } from "./job.ts";

const decoders = new Map<Codec, FrameDecoder>();

self.addEventListener("message", (event) => work((event as MessageEvent<Batch>).data));

async function work(batch: Batch): Promise<void> {
  const { control, jobs } = batch;
  for (;;) {
    const index = Atomics.add(control, NEXT, 1);
    if (index >= jobs.length) return;
    const status = await finish(batch, jobs[index], index);
    Atomics.store(control, STATUS + index, status);
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}

async function finish(batch: Batch, job: FrameJob, index: number): Promise<number> {
  const { codec, shape, from, length, to } = job;
  try {
    let decode = decoders.get(codec);
    if (decode === undefined) decoders.set(codec, decode = await CODECS[codec]());
    // what lies in shared memory is no argument that every decoder takes
    batch.output.set(decode(batch.input.slice(from, from + length), shape), to);
    return DECODED;
  } catch (error) {
    // a decoder that threw may have lost its footing
    decoders.delete(codec);
    const text = new TextEncoder().encode(describe(error)).subarray(0, MESSAGE);
    batch.messages.set(text, index * MESSAGE);
    return FAILED;
  }
}

/** What a decoder threw; those of C++ throw bare numbers that say nothing. */
function describe(error: unknown): string {
  return typeof error === "number" ? "it is cut or damaged" : messageOf(error);
}
