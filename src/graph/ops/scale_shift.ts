/**
 * An affine map a channel: what a batch norm is once its statistics are known.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type NoAttributes, type Op, requirePerChannel } from "../op.ts";

/** y = x * scale + shift. Inputs: x (N, C, ...), scale (C), optional shift (C). */
export const scale_shift: Op<NoAttributes> = {
  name: "scale_shift",
  arity: { min: 2, max: 3 },
  infer(inputs) {
    requirePerChannel("scale_shift", "scale", inputs[1], inputs);
    if (inputs[2]) requirePerChannel("scale_shift", "shift", inputs[2], inputs);
    return inputs[0];
  },
  flops: (inputs, output) => (inputs.length - 1) * elements(output),
};
