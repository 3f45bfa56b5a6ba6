/**
 * The U-Net, 2-D: an Xception encoder and a residual decoder with CBAM.
 *
 * Sizes and paddings are Keras's. Nodes are named as the modules of
 * `benchmarks/peers/models/unet_xception_cbam.py`; the cropping of an upsampling is part of its
 * transposed convolution. Dropout does nothing in inference and is no part of the graph.
 *
 * @module
 */

import type { Shape } from "../base/shapes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { uniformWindow, type WindowAttributes } from "../graph/windowed.ts";
import { activate } from "./activation.ts";
import { cbam } from "./cbam.ts";
import { defineModel, type Dropout, type Model } from "./model.ts";
import { UNET_DEFAULTS, UNET_RULES, UNET_VARIANTS, type UNetSettings } from "./unet_settings.ts";
import { KERAS_EPSILON, xception } from "./xception.ts";

/** U-Net with Xception and CBAM. */
export const unet: Model = defineModel<UNetSettings>({
  name: "unet",
  summary: "U-Net over slices: Xception encoder, residual decoder with CBAM",
  dimensions: 2,
  defaultVariant: "full",
  defaults: UNET_DEFAULTS,
  rules: UNET_RULES,
  variants: UNET_VARIANTS,
  conflict: () => undefined,
  illegalSize,
  channels: (settings) => ({ input: settings.in_ch, output: 1 }),
  dropouts,
  graph: (name, settings, input) => new UNet(new GraphBuilder(name), settings).build(input),
});

function illegalSize(_settings: UNetSettings, [height, width]: Shape): string | undefined {
  const legal = height === width && height % 32 === 0;
  return legal ? undefined : "H = W, a multiple of 32";
}

/** After the last pooling and before every decoder stage; half as much before the head. */
function dropouts({ dropout, cbam }: UNetSettings): Readonly<Record<string, Dropout>> {
  if (dropout === 0) return {};
  const element = (rate: number): Dropout => ({ kind: "element", rate });
  const stages = ["pool4", "cat4", "cat3", "cat2", "cat1", "up0.deconv"];
  return {
    ...Object.fromEntries(stages.map((name) => [name, element(dropout)])),
    [cbam === "stage" ? "dec0.cbam.muls" : "dec0.act"]: element(dropout / 2),
  };
}

/** Keras's Conv2DTranspose 3x3, stride 2, `same`: the last row and column are dropped. */
const UP: WindowAttributes = { ...uniformWindow(2, 3, 2), padAfter: [1, 1] };

class UNet {
  constructor(readonly b: GraphBuilder, readonly settings: UNetSettings) {}

  build(input: Shape): Graph {
    const { b } = this;
    const { w, out_act } = this.settings;
    const encoded = xception(b, b.input("x", input), this.settings);
    const [k1, k2, k3] = encoded.skips;
    const k4 = activate(b, "leaky", "act4", encoded.last);
    let h = b.apply("max_pool", "pool4", [k4], uniformWindow(2, 2, 2));
    h = this.stage("dec_m", h, 32 * w);
    h = this.up("4", h, 16 * w, this.skip(0, k4));
    h = this.up("3", h, 8 * w, this.skip(1, k3));
    h = this.up("2", h, 4 * w, this.skip(2, this.padTo("pad2", k2, input[2] / 4)));
    h = this.up("1", h, 2 * w, this.skip(3, this.padTo("pad1", k1, input[2] / 2)));
    h = this.up("0", h, w);
    const logits = b.conv("head", h, { channels: 1, ...uniformWindow(2, 1) });
    return b.build(out_act ? b.apply("sigmoid", "out", [logits], {}) : logits);
  }

  /** Doubles the size, joins the skip, and decodes. */
  up(level: string, x: ValueId, channels: number, skip?: ValueId): ValueId {
    const up = this.b.deconv(`up${level}.deconv`, x, { channels, ...UP });
    const joined = skip === undefined ? up : this.b.apply("concat", `cat${level}`, [up, skip], {});
    return this.stage(`dec${level}`, joined, channels);
  }

  /** Skips of the "valid" blocks lack rows and columns: zeros before the first ones. */
  padTo(name: string, x: ValueId, size: number): ValueId {
    const before = size - this.b.shape(x)[2];
    return this.b.apply("pad", name, [x], { before: [before, before], after: [0, 0] });
  }

  skip(index: number, x: ValueId): ValueId {
    return this.attend("skip", `sk.${index}`, x);
  }

  stage(name: string, x: ValueId, channels: number): ValueId {
    let h = this.conv3(`${name}.conv`, x, channels);
    h = this.residual(`${name}.res1`, h);
    h = this.residual(`${name}.res2`, h);
    return this.attend("stage", `${name}.cbam`, activate(this.b, "leaky", `${name}.act`, h));
  }

  residual(name: string, x: ValueId): ValueId {
    const { b } = this;
    const channels = b.channels(x);
    // the shortcut comes first, so that the sum can be the epilogue of the last convolution
    const shortcut = this.norm(`${name}.bn_in`, x);
    let h = this.norm(`${name}.bn0`, activate(b, "leaky", `${name}.act0`, x));
    h = this.attend("res", `${name}.cbam_pre`, h);
    h = this.norm(`${name}.bn1`, this.conv3(`${name}.conv1`, h, channels));
    h = activate(b, "leaky", `${name}.act1`, h);
    h = this.norm(`${name}.bn2`, this.conv3(`${name}.conv2`, h, channels));
    h = this.attend("res_end", `${name}.cbam_end`, h);
    return b.apply("add", `${name}.add`, [h, shortcut], {});
  }

  /** CBAM, where these settings place it. */
  attend(place: UNetSettings["cbam"], name: string, x: ValueId): ValueId {
    return this.settings.cbam === place ? cbam(this.b, name, x, this.settings.ratio) : x;
  }

  conv3(name: string, x: ValueId, channels: number): ValueId {
    return this.b.conv(name, x, { channels, ...uniformWindow(2, 3, 1, 1) });
  }

  norm(name: string, x: ValueId): ValueId {
    return this.b.batchNorm(name, x, KERAS_EPSILON);
  }
}
