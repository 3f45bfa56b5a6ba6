/**
 * The library's pooling, from one place to another. Its maxima pass over NaN, where the definition
 * gives NaN.
 *
 * @module
 */

import type { WindowAttributes } from "../../../../graph/windowed.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import { dimensions } from "../../library/memory_descriptor.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";

/** Maximum, or mean of what is inside, as the library names them. */
export type PoolingAlgorithm = "pooling_max" | "pooling_avg_exclude_padding";

/** One window that takes everything. */
export function wholeWindow(kernel: readonly number[]): WindowAttributes {
  const zeros = kernel.map(() => 0);
  return { kernel, stride: kernel.map(() => 1), padBefore: zeros, padAfter: zeros };
}

/** Emits a pooling. */
export function emitPooling(
  context: string,
  lowering: Lowering,
  algorithm: PoolingAlgorithm,
  { kernel, stride, padBefore, padAfter }: WindowAttributes,
  source: Place,
  destination: Place,
): void {
  const { session } = lowering;
  using sourceMd = session.descriptor(source.layout);
  using destinationMd = session.descriptor(destination.layout);
  lowering.emit({
    context,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_pooling_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        ALGORITHM[algorithm],
        sourceMd.id,
        destinationMd.id,
        dimensions(stride),
        dimensions(kernel),
        dimensions([]),
        dimensions(padBefore),
        dimensions(padAfter),
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, source.memory],
      [ARGUMENT.destination, destination.memory],
    ],
  });
}
