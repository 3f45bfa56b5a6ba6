/**
 * A network of one's own: a small 3-D U-Net after Çiçek et al. 2016, with instance norm.
 *
 * It runs wherever a model's name is taken:
 *
 *     deno task stackbench models ./examples/unet3d.ts
 *     deno task bench --model ./examples/unet3d.ts --model vnet:small
 *     deno task stackbench train --model ./examples/unet3d.ts --data phantom --out trained/unet3d
 *
 * Its twin in PyTorch is benchmarks/peers/models/unet3d.py: the same names, hence the same weights.
 */

import type { GraphBuilder, NetworkDefinition, ValueId } from "../mod.ts";

/** Channels of each level, the finest first. */
const WIDTHS = [8, 16, 32];

/** A window of k^3, with padding that keeps the sizes. */
const same = (k: number) => windowOf(k, 1, (k - 1) / 2);

/** A window of 2^3 that halves the sizes, or doubles them. */
const HALVING = windowOf(2, 2, 0);

function windowOf(kernel: number, stride: number, pad: number) {
  const axes = (value: number) => [value, value, value];
  return {
    kernel: axes(kernel),
    stride: axes(stride),
    padBefore: axes(pad),
    padAfter: axes(pad),
  };
}

/** Two convolutions of 3^3, each with instance norm and ReLU. */
function block(b: GraphBuilder, name: string, x: ValueId, channels: number): ValueId {
  let h = x; // (N, C, D, H, W)
  for (const i of [0, 1]) {
    h = b.conv(`${name}.conv${i}`, h, { channels, ...same(3) });
    h = b.instanceNorm(`${name}.norm${i}`, h, 1e-5);
    h = b.apply("relu", `${name}.act${i}`, [h], {});
  }
  return h;
}

export default {
  name: "unet3d",
  summary: "a small 3-D U-Net: three levels, instance norm",
  dimensions: 3,
  spatial: [32, 128, 128],
  multipleOf: [4, 4, 4],
  build(b, x) {
    const skips: ValueId[] = [];
    let h = x;
    WIDTHS.forEach((channels, level) => {
      h = block(b, `enc.${level}`, h, channels);
      if (level === WIDTHS.length - 1) return;
      skips.push(h);
      h = b.apply("max_pool", `pool.${level}`, [h], HALVING);
    });
    for (let level = WIDTHS.length - 2; level >= 0; level--) {
      const up = b.deconv(`up.${level}.deconv`, h, { channels: WIDTHS[level], ...HALVING });
      const merged = b.apply("concat", `merge.${level}`, [up, skips[level]], {});
      h = block(b, `dec.${level}`, merged, WIDTHS[level]);
    }
    const logits = b.conv("head", h, { channels: 1, ...same(1) });
    return b.apply("sigmoid", "out", [logits], {});
  },
} satisfies NetworkDefinition;
