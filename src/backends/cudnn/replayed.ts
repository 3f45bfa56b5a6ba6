/**
 * Work that is submitted again and again: as one CUDA graph after its first time.
 *
 * @module
 */

import type { Resource } from "./native.ts";
import type { Session } from "./session.ts";

/** Work that is submitted again and again. */
export class Replayed {
  readonly #session: Session;
  readonly #owned: DisposableStack;
  readonly #work: () => void;
  readonly #context: string;
  /** Null where it cannot be recorded; undefined before that was tried. */
  #graph: Resource | null | undefined;

  /**
   * Takes over some work.
   *
   * @param owned takes over the graph
   * @param work submits it
   * @param context what it is, to be named in an error
   */
  constructor(session: Session, owned: DisposableStack, work: () => void, context: string) {
    this.#session = session;
    this.#owned = owned;
    this.#work = work;
    this.#context = context;
  }

  /** Submits it. */
  submit(): void {
    if (this.#graph) this.#session.replay(this.#graph, this.#context);
    else this.#work();
  }

  /**
   * Records it, once it was submitted, when no library has anything left to prepare: launching one
   * graph costs less than launching its hundreds of kernels.
   */
  record(): void {
    if (this.#graph !== undefined) return;
    this.#graph = null;
    const graph = this.#session.record(this.#work);
    if (graph) this.#graph = this.#owned.use(graph);
  }
}
