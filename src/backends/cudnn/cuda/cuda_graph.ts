/**
 * Work that is submitted again and again: as one CUDA graph after its first time.
 *
 * @module
 */

import { captureGraph, launchGraph } from "./graph_capture.ts";
import type { Resource } from "./resource.ts";
import type { Stream } from "./stream.ts";

/** Work of a stream that becomes a CUDA graph where that is possible. */
export class CudaGraph {
  readonly #stream: Stream;
  readonly #owned: DisposableStack;
  readonly #work: () => void;
  readonly #context: string;
  /** Null where it cannot be captured; undefined before that was tried. */
  #graph: Resource | null | undefined;

  /**
   * Takes over some work.
   *
   * @param owned takes over the graph
   * @param work submits it to the stream
   * @param context what it is, to be named in an error
   */
  constructor(stream: Stream, owned: DisposableStack, work: () => void, context: string) {
    this.#stream = stream;
    this.#owned = owned;
    this.#work = work;
    this.#context = context;
  }

  /** Submits the work. */
  submit(): void {
    if (this.#graph) launchGraph(this.#stream, this.#graph, this.#context);
    else this.#work();
  }

  /**
   * Captures the work, once it was submitted, when no library has anything left to prepare:
   * launching one graph costs less than launching its hundreds of kernels.
   */
  capture(): void {
    if (this.#graph !== undefined) return;
    this.#graph = null;
    const graph = captureGraph(this.#stream, this.#work);
    if (graph) this.#graph = this.#owned.use(graph);
  }
}
