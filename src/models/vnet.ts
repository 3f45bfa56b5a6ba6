/**
 * The V-Net family, 3-D. Stage l has f * 2^l channels.
 *
 * An encoder stage is some convolutions, the sum with the stage's input (at the first stage: the
 * input tiled to f channels) and an activation; `down` halves the sizes and doubles the channels.
 * A decoder stage upsamples, merges with the encoder's output of the same size, convolves, and
 * adds the merged tensor where the widths agree, else the upsampled one.
 *
 * Nodes are named as the modules of `benchmarks/peers/models/vnet.py`. Dropout does nothing in
 * inference and is left out.
 *
 * @module
 */

import type { Shape } from "../base/shapes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { uniformWindow } from "../graph/windowed.ts";
import { activate } from "./activation.ts";
import { defineModel, type Model } from "./model.ts";
import {
  type ActivationSlot,
  VNET_DEFAULTS,
  VNET_RULES,
  type VNetSettings,
} from "./vnet_settings.ts";
import { VNET_VARIANTS } from "./vnet_variants.ts";

/** V-Net (Milletari et al. 2016) and its relatives. */
export const vnet: Model = defineModel<VNetSettings>({
  name: "vnet",
  summary: "V-Net: a residual encoder-decoder over stacks of slices",
  dimensions: 3,
  defaults: VNET_DEFAULTS,
  rules: VNET_RULES,
  variants: VNET_VARIANTS,
  conflict,
  illegalSize,
  channels: (settings) => ({ input: settings.in_ch, output: settings.out_ch }),
  graph: (name, settings, input) => new VNet(new GraphBuilder(name), settings).build(input),
});

function conflict({ f, in_ch, enc, dec, dec_w, up_mult, merge }: VNetSettings): string | undefined {
  if (dec.length !== enc.length) return "enc and dec need one number a level each";
  if (f % in_ch !== 0) return "f must be a multiple of in_ch: the input is tiled to f channels";
  if (merge === "add" && up_mult !== 1) return "merge=add needs up_mult=1";
  if (!addsMerged({ merge, up_mult, dec_w }) && up_mult !== dec_w) {
    return "the residual needs dec_w = up_mult, or merge=cat with up_mult=1 and dec_w=2";
  }
  return undefined;
}

function illegalSize({ enc, bn }: VNetSettings, spatial: Shape): string | undefined {
  const multiple = 2 ** enc.length;
  if (spatial.some((size) => size % multiple !== 0)) {
    return `D, H and W that are multiples of ${multiple}`;
  }
  if (bn === "instance" && spatial.every((size) => size === multiple)) {
    return `D, H or W above ${multiple}: instance norm of a single voxel is undefined`;
  }
  return undefined;
}

/** Whether a decoder's residual is the merged tensor: only then do the widths agree. */
function addsMerged(
  { merge, up_mult, dec_w }: Pick<VNetSettings, "merge" | "up_mult" | "dec_w">,
): boolean {
  return merge === "cat" && up_mult === 1 && dec_w === 2;
}

/** The window of `down` and `up`: 2x2x2, stride 2. */
const HALVING = uniformWindow(3, 2, 2);

/** What a stage is made of. */
interface StagePlan {
  readonly channels: number;
  readonly convolutions: number;
  readonly side: "enc" | "dec";
  /** Whether `act_all` reaches the last convolution; it does not at the first stage. */
  readonly first?: boolean;
}

class VNet {
  constructor(readonly b: GraphBuilder, readonly settings: VNetSettings) {}

  build(input: Shape): Graph {
    const { b } = this;
    const { f, enc, bot, dec, dec_w, up_mult, merge } = this.settings;
    const levels = enc.length;
    let h = b.input("x", input); // (N, in_ch, D, H, W)
    let residual = b.apply("tile", "tile", [h], { channels: f });
    const skips = enc.map((convolutions, l) => {
      const channels = f * 2 ** l;
      const plan: StagePlan = { channels, convolutions, side: "enc", first: l === 0 };
      const skip = this.stage(`enc.${l}`, h, residual, plan);
      h = this.resample(
        `down.${l}`,
        "down",
        b.conv(`down.${l}.conv`, skip, {
          channels: 2 * channels,
          ...HALVING,
        }),
      );
      residual = h;
      return skip;
    });
    h = this.stage("bottom", h, residual, {
      channels: f * 2 ** levels,
      convolutions: bot,
      side: "enc",
    });
    for (let i = 0; i < levels; i++) {
      const l = levels - 1 - i;
      const channels = f * 2 ** l;
      const up = this.resample(
        `up.${i}`,
        "up",
        b.deconv(`up.${i}.deconv`, h, {
          channels: channels * up_mult,
          ...HALVING,
        }),
      );
      const op = merge === "cat" ? "concat" : "add";
      const merged = b.apply(op, `merge.${i}`, [up, skips[l]], {});
      h = this.stage(`dec.${i}`, merged, addsMerged(this.settings) ? merged : up, {
        channels: channels * dec_w,
        convolutions: dec[l],
        side: "dec",
      });
    }
    return b.build(this.output(this.head(h)));
  }

  stage(name: string, x: ValueId, residual: ValueId, plan: StagePlan): ValueId {
    const { channels, convolutions, side, first = false } = plan;
    const { k, act_all } = this.settings;
    let h = x;
    for (let i = 0; i < convolutions; i++) {
      const last = i === convolutions - 1;
      h = this.b.conv(`${name}.body.conv${i}`, h, {
        channels,
        ...uniformWindow(3, k, 1, (k - 1) / 2),
      });
      h = this.normalise(`${name}.body.bn${i}`, h);
      if (!last || (act_all && !first)) h = this.act(`${side}_conv`, `${name}.body.act${i}`, h);
    }
    const sum = this.b.apply("add", `${name}.add`, [h, residual], {});
    return this.act(`${side}_add`, `${name}.act`, sum);
  }

  /** What follows the convolution of `down` and `up`. */
  resample(name: string, slot: "down" | "up", x: ValueId): ValueId {
    return this.act(slot, `${name}.act`, this.normalise(`${name}.bn`, x));
  }

  head(x: ValueId): ValueId {
    const { head, k, out_ch: channels } = this.settings;
    let h = x;
    if (head === "official") {
      h = this.b.conv("head.conv", h, { channels, ...uniformWindow(3, k, 1, (k - 1) / 2) });
      h = this.act("head", "head.act", this.normalise("head.bn", h));
    }
    return this.b.conv("head.conv1", h, { channels, ...uniformWindow(3, 1) });
  }

  output(x: ValueId): ValueId {
    const { out_act } = this.settings;
    return out_act === "none" ? x : this.b.apply(out_act, "out", [x], {});
  }

  normalise(name: string, x: ValueId): ValueId {
    const { bn, bn_eps } = this.settings;
    if (bn === "instance") return this.b.instanceNorm(name, x, bn_eps);
    return bn === "batch" ? this.b.batchNorm(name, x, bn_eps) : x;
  }

  act(slot: ActivationSlot, name: string, x: ValueId): ValueId {
    return activate(this.b, this.settings[`acts.${slot}`] ?? this.settings.act, name, x);
  }
}
