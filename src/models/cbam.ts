/**
 * CBAM (Woo et al. 2018): attention over channels, then over positions.
 *
 * @module
 */

import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import { uniformWindow } from "../graph/windowed.ts";

/**
 * x * s * m, where s = sigmoid(mlp(mean) + mlp(max)) is a number a channel, and
 * m = sigmoid(conv 7x7 of the mean and the maximum over channels) a number a position.
 *
 * Both paths of the MLP share its parameters; the nodes of the second are named `*.max`.
 */
export function cbam(b: GraphBuilder, name: string, x: ValueId, ratio: number): ValueId {
  const channels = b.channels(x);
  const hidden = Math.max(1, Math.floor(channels / ratio));
  const mlp = (q: ValueId, path: string) => {
    const h = b.linear(`${name}.fc1`, q, hidden, `${name}.fc1${path}`);
    const rectified = b.apply("relu", `${name}.relu${path}`, [h], {});
    return b.linear(`${name}.fc2`, rectified, channels, `${name}.fc2${path}`);
  };
  const mean = mlp(b.apply("global_avg_pool", `${name}.gap`, [x], {}), ""); // (N, C, 1, 1)
  const max = mlp(b.apply("global_max_pool", `${name}.gmp`, [x], {}), ".max");
  const sum = b.apply("add", `${name}.addc`, [mean, max], {});
  const scale = b.apply("sigmoid", `${name}.sigc`, [sum], {});
  const y = b.apply("mul", `${name}.mulc`, [x, scale], {}); // (N, C, H, W)
  const pooled = b.apply("concat", `${name}.cat`, [
    b.apply("channel_mean", `${name}.cmean`, [y], {}),
    b.apply("channel_max", `${name}.cmax`, [y], {}),
  ], {}); // (N, 2, H, W)
  const seven = { channels: 1, bias: false, ...uniformWindow(2, 7, 1, 3) };
  const map = b.apply("sigmoid", `${name}.sigs`, [b.conv(`${name}.conv`, pooled, seven)], {});
  return b.apply("mul", `${name}.muls`, [y, map], {});
}
