/**
 * Activations by the names that the Python builders give them.
 *
 * @module
 */

import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";

/** Names of activations: `prelu_c` has a slope a channel, `prelu_e` one an element. */
export const ACTIVATIONS = ["relu", "elu", "leaky", "prelu_c", "prelu_e", "none"] as const;

/** Name of an activation. */
export type Activation = (typeof ACTIVATIONS)[number];

/** Slope below zero of every leaky ReLU here. */
export const LEAKY_SLOPE = 0.1;

/** Applies an activation. */
export function activate(
  b: GraphBuilder,
  activation: Activation,
  name: string,
  x: ValueId,
): ValueId {
  switch (activation) {
    case "relu":
    case "elu":
      return b.apply(activation, name, [x], {});
    case "leaky":
      return b.apply("leaky_relu", name, [x], { slope: LEAKY_SLOPE });
    case "prelu_c":
      return b.preluChannel(name, x);
    case "prelu_e":
      return b.preluElement(name, x);
    case "none":
      return x;
  }
}
