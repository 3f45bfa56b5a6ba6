/**
 * Losses of segmentation, made of ops.
 *
 * The target is a mask of one channel: 1 for foreground, 0 for background. Sums run over the whole
 * batch, as Keras's flattened Dice does.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { elements, formatShape } from "../base/shapes.ts";
import type { GraphBuilder } from "./builder.ts";
import type { Graph, ValueId } from "./graph.ts";

/** What a net says of the foreground, each of shape (N, 1, ...). */
export interface Prediction {
  /** Probability. */
  readonly probability: ValueId;
  /** Its log-odds. */
  readonly logit: ValueId;
}

/** Builds a loss of one element. */
export type Loss = (b: GraphBuilder, prediction: Prediction, target: ValueId) => ValueId;

/** Losses by name. */
export const LOSSES = {
  /** 1 - (2I + 1) / (sum p + sum t + 1), with I = sum p t. */
  dice: (b: GraphBuilder, { probability }: Prediction, target: ValueId): ValueId =>
    softDice(b, probability, target, false, 1),
  /** 1 - (2I + 1e-5) / (sum p^2 + sum t^2 + 1e-5): the V-Net paper's. */
  dice_squared: (b: GraphBuilder, { probability }: Prediction, target: ValueId): ValueId =>
    softDice(b, probability, target, true, 1e-5),
  /** The plain Dice loss and the mean binary cross-entropy, added. */
  dice_cross_entropy: (
    b: GraphBuilder,
    { probability, logit }: Prediction,
    target: ValueId,
  ): ValueId => {
    const dice = softDice(b, probability, target, false, 1);
    return b.apply("add", "loss.both", [dice, crossEntropy(b, logit, target)], {});
  },
} as const satisfies Readonly<Record<string, Loss>>;

/** Name of a loss. */
export type LossName = keyof typeof LOSSES;

/** The loss where none is named: the paper's. */
export const DEFAULT_LOSS: LossName = "dice";

/** The loss that is the least likely to end in empty masks. */
export const STEADY_LOSS: LossName = "dice_cross_entropy";

function softDice(
  b: GraphBuilder,
  p: ValueId,
  t: ValueId,
  squared: boolean,
  smooth: number,
): ValueId {
  const times = (name: string, x: ValueId, y: ValueId) => b.apply("mul", name, [x, y], {});
  const common = total(b, "loss.common", times("loss.overlap", p, t));
  const own = total(b, "loss.predicted", squared ? times("loss.squares", p, p) : p);
  const true_ = total(b, "loss.true", squared ? times("loss.true_squares", t, t) : t);
  const both = b.apply("add", "loss.sizes", [own, true_], {});
  const twice = b.apply("affine", "loss.twice", [common], { scale: 2, shift: smooth });
  const size = b.apply("affine", "loss.size", [both], { scale: 1, shift: smooth });
  const share = times("loss.share", twice, b.apply("reciprocal", "loss.inverse", [size], {}));
  return b.apply("affine", "loss.dice", [share], { scale: -1, shift: 1 });
}

/** The mean of softplus(z) - z t. */
function crossEntropy(b: GraphBuilder, z: ValueId, t: ValueId): ValueId {
  const certain = b.apply("softplus", "loss.softplus", [z], {});
  const hit = b.apply("mul", "loss.hit", [z, t], {});
  const missed = b.apply("affine", "loss.missed", [hit], { scale: -1, shift: 0 });
  const each = b.apply("add", "loss.each", [certain, missed], {});
  const mean = { scale: 1 / elements(b.shape(z)), shift: 0 };
  return b.apply("affine", "loss.entropy", [total(b, "loss.entropies", each)], mean);
}

function total(b: GraphBuilder, name: string, x: ValueId): ValueId {
  return b.apply("sum", name, [x], { axes: b.shape(x).map((_, axis) => axis) });
}

/**
 * What the output of a graph says of the foreground: it must be a sigmoid of one channel or a
 * softmax of two, of which the second is the foreground.
 *
 * @throws InputError for any other output
 */
export function predictionOf(graph: Graph, b: GraphBuilder, output: ValueId): Prediction {
  const node = graph.nodes.find((candidate) => candidate.output === output);
  const { shape } = graph.values[output];
  if (node?.op === "sigmoid" && shape[1] === 1) {
    return { probability: output, logit: node.inputs[0] };
  }
  if (node?.op === "softmax" && shape[1] === 2) {
    const channel = (x: ValueId, first: number, name: string) =>
      b.apply("channel_slice", name, [x], { first, channels: 1 });
    const [x] = node.inputs;
    const against = b.apply("affine", "loss.against", [channel(x, 0, "loss.background")], {
      scale: -1,
      shift: 0,
    });
    const logit = b.apply("add", "loss.logit", [channel(x, 1, "loss.foreground"), against], {});
    return { probability: channel(output, 1, "loss.probability"), logit };
  }
  throw new InputError(
    `${graph.name} cannot be trained with a mask: its output ${formatShape(shape)} of ` +
      `${node?.op ?? "nothing"} is neither a sigmoid of one channel nor a softmax of two`,
    { advice: "end the network with one of these" },
  );
}
