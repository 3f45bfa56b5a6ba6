/**
 * Work in parts whose times are taken: with an event between each, all of it one CUDA graph where
 * that is possible, so that no part waits for being submitted.
 *
 * @module
 */

import type { Gpu } from "./gpu.ts";
import { captureGraph, launchGraph } from "./graph_capture.ts";
import type { Resource } from "./resource.ts";
import type { CudaEvent } from "./stream.ts";

/** Parts of some work, and the events around them. */
export class TimedParts implements Disposable {
  readonly #gpu: Gpu;
  readonly #owned: DisposableStack;
  readonly #parts: readonly (() => void)[];
  readonly #events: readonly CudaEvent[];
  /** Null where the work cannot be captured; undefined before that was tried. */
  #graph: Resource | null | undefined;

  /** @param parts submit their work to the GPU's stream */
  constructor(gpu: Gpu, parts: readonly (() => void)[]) {
    using owned = new DisposableStack();
    this.#gpu = gpu;
    this.#parts = parts;
    this.#events = Array.from({ length: parts.length + 1 }, () => owned.use(gpu.newEvent()));
    this.#owned = owned.move();
  }

  /** Submits all parts. */
  submit(): void {
    const { stream } = this.#gpu;
    const graph = this.#captured();
    if (graph) return launchGraph(stream, graph, "work that is timed");
    this.#run((event) => stream.recordEvent(event));
  }

  /** Seconds of each part, once the stream was waited for. */
  seconds(): number[] {
    return this.#parts.map((_, i) => this.#events[i + 1].secondsSince(this.#events[i]));
  }

  #captured(): Resource | null {
    if (this.#graph !== undefined) return this.#graph;
    const { stream } = this.#gpu;
    // what a library prepares in the first run is none of the times
    this.#run(() => {});
    this.#graph = captureGraph(stream, () => this.#run((event) => stream.captureEvent(event)));
    if (this.#graph) this.#owned.use(this.#graph);
    return this.#graph;
  }

  #run(record: (event: CudaEvent) => void): void {
    record(this.#events[0]);
    this.#parts.forEach((part, i) => {
      part();
      record(this.#events[i + 1]);
    });
  }

  /** Destroys the events and the graph. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
