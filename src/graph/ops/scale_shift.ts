/**
 * An affine map a channel: what a batch norm is once its statistics are known.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type NoAttributes, type Op, requirePerChannel } from "../op.ts";

/** y = x * scale + shift. Inputs: x (N, C, ...), scale (C), shift (C). */
export const scale_shift: Op<NoAttributes> = {
  name: "scale_shift",
  arity: { min: 3, max: 3 },
  infer(inputs) {
    requirePerChannel("scale_shift", "scale", inputs[1], inputs);
    requirePerChannel("scale_shift", "shift", inputs[2], inputs);
    return inputs[0];
  },
  flops: (_inputs, output) => 2 * elements(output),
};
