/**
 * The library's products of matrices.
 *
 * @module
 */

import { ARGUMENT } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import type { Emission } from "../../lowering/emission.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";

/**
 * A product of matrices, one pair or several; one matrix may serve all.
 *
 * @param stack keeps what describes it until it is emitted
 */
export function matmul(
  stack: DisposableStack,
  { session }: Lowering,
  context: string,
  left: Place,
  right: Place,
  product: Place,
): Emission {
  const [leftMd, rightMd, productMd] = [left, right, product].map(({ layout }) =>
    stack.use(session.descriptor(layout))
  );
  return {
    context,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_matmul_primitive_desc_create(
        out,
        session.engine,
        leftMd.id,
        rightMd.id,
        0n,
        productMd.id,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, left.memory],
      [ARGUMENT.weights, right.memory],
      [ARGUMENT.destination, product.memory],
    ],
  };
}

/** Emits a product of matrices, one pair or several; one matrix may serve all. */
export function emitMatmul(
  context: string,
  lowering: Lowering,
  left: View,
  right: View,
  product: Place,
): void {
  using stack = new DisposableStack();
  const [from, by] = [left, right].map((view) => lowering.place(view));
  lowering.emit(matmul(stack, lowering, context, from, by, product));
}
