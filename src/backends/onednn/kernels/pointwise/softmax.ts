/**
 * Probabilities over the channels.
 *
 * @module
 */

import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import type { Lower } from "../../lowering/lowering.ts";

/** y[c] = exp(x[c]) / sum over k of exp(x[k]). */
export const softmax: Lower<"softmax"> = (step, lowering) => {
  const { session, tensors } = lowering;
  const source = tensors.activation(step.inputs[0]);
  using layout = session.descriptor(source);
  lowering.emit({
    context: step.name,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_softmax_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        ALGORITHM.softmax_accurate,
        layout.id,
        layout.id,
        1,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, lowering.memory(source)],
      [ARGUMENT.destination, lowering.memory(tensors.activation(step.output))],
    ],
  });
};
