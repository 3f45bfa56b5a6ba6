/**
 * Settings and variants of the U-Net, under the keyword names of its Python builder.
 *
 * @module
 */

import type { Variant } from "./model.ts";
import { oneOf, type OptionRules, share, whole, wholeList, words } from "./options.ts";
import type { XceptionSettings } from "./xception.ts";

/** Settings of the U-Net. */
export interface UNetSettings extends XceptionSettings {
  /** Channels of the input; a grey slice is repeated to 3. */
  readonly in_ch: number;
  /** Channels of the finest decoder stage. */
  readonly w: number;
  /** Where CBAM stands: before or at the end of residual blocks, after stages, or on skips. */
  readonly cbam: "res" | "res_end" | "stage" | "skip" | "none";
  /** Channels over hidden channels of CBAM's MLP. */
  readonly ratio: number;
  /** Share that dropouts drop in training. */
  readonly dropout: number;
  /** Whether a sigmoid ends it. */
  readonly out_act: boolean;
}

/** Settings of the full model. */
export const UNET_DEFAULTS: UNetSettings = {
  in_ch: 3,
  w: 16,
  cbam: "res",
  ratio: 16,
  dropout: 0.1,
  out_act: true,
  widths: [32, 64, 128, 256, 728, 1024],
  middle: 8,
};

/** How each setting is read from text. */
export const UNET_RULES: OptionRules<UNetSettings> = {
  in_ch: whole(1),
  w: whole(1),
  cbam: oneOf("res", "res_end", "stage", "skip", "none"),
  ratio: whole(1),
  dropout: share,
  out_act: words({
    True: true,
    true: true,
    sigmoid: true,
    False: false,
    false: false,
    none: false,
  }),
  widths: wholeList(6),
  middle: whole(0),
};

/** Variants by name. */
export const UNET_VARIANTS: Readonly<Record<string, Variant<UNetSettings>>> = {
  full: {
    summary: "38 M parameters: the paper's 2-D model",
    spatial: [512, 512],
    settings: {},
  },
  small: {
    summary: "For two cores and small inputs: narrow, three middle blocks",
    spatial: [128, 128],
    settings: { w: 4, widths: [8, 16, 24, 48, 96, 128], middle: 3 },
  },
};
