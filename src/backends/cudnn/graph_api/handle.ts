/**
 * cuDNN's handle: what ties its work to a stream.
 *
 * @module
 */

import { OUT } from "../cuda/foreign.ts";
import { Resource } from "../cuda/resource.ts";
import type { Stream } from "../cuda/stream.ts";
import type { Descriptor } from "./descriptors.ts";
import type { Cudnn } from "./library.ts";

export class Handle implements Disposable {
  /** The library that it is of. */
  readonly cudnn: Cudnn;
  readonly #resource: Resource;

  /**
   * Creates one in the current context.
   *
   * @param stream that its work is submitted to
   * @param context what it is for, to be named in an error
   */
  constructor(cudnn: Cudnn, stream: Stream, context: string) {
    this.cudnn = cudnn;
    const { cudnnCreate, cudnnDestroy, cudnnSetStream } = cudnn.symbols;
    cudnn.check(cudnnCreate(OUT), "cudnnCreate", context);
    using made = new DisposableStack();
    this.#resource = made.use(
      new Resource(
        "cuDNN handle",
        OUT[0],
        (id) => cudnn.check(cudnnDestroy(id), "cudnnDestroy", "disposal"),
      ),
    );
    cudnn.check(cudnnSetStream(this.id, stream.id), "cudnnSetStream", context);
    made.move();
  }

  /** The handle as the library knows it. */
  get id(): bigint {
    return this.#resource.id;
  }

  /**
   * Submits an execution.
   *
   * @param plan execution plan
   * @param pack variant pack with the addresses of its tensors
   * @param context what is executed, to be named in an error
   */
  execute(plan: Descriptor, pack: Descriptor, context: string): void {
    const status = this.cudnn.symbols.cudnnBackendExecute(this.id, plan.id, pack.id);
    this.cudnn.check(status, "cudnnBackendExecute", context);
  }

  [Symbol.dispose](): void {
    this.#resource[Symbol.dispose]();
  }
}
