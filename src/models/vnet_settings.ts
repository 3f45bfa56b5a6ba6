/**
 * Settings of the V-Net family, under the keyword names of its Python builder.
 *
 * @module
 */

import { type Activation, ACTIVATIONS } from "./activation.ts";
import { nonNegative, odd, oneOf, type OptionRules, whole, wholeList, words } from "./options.ts";

/** Places that have an activation: after convolutions, sums, resamplings, and in the head. */
export type ActivationSlot =
  | "enc_conv"
  | "enc_add"
  | "down"
  | "up"
  | "dec_conv"
  | "dec_add"
  | "head";

/** Activation of single slots, where it is not `act`. */
export type SlotSettings = { readonly [S in ActivationSlot as `acts.${S}`]?: Activation };

/** Settings of a V-Net. */
export interface VNetSettings extends SlotSettings {
  /** Channels of the input. */
  readonly in_ch: number;
  /** Channels of the output. */
  readonly out_ch: number;
  /** Channels of the first stage. */
  readonly f: number;
  /** Kernel size of the convolutions, odd. */
  readonly k: number;
  /** Convolutions of each encoder stage, finest first; as many as there are levels. */
  readonly enc: readonly number[];
  /** Convolutions of the bottom stage. */
  readonly bot: number;
  /** Convolutions of each decoder stage, finest first. */
  readonly dec: readonly number[];
  /** Width of a decoder stage over that of the encoder stage of its level. */
  readonly dec_w: number;
  /** Width of an upsampling over that of the encoder stage of its level. */
  readonly up_mult: number;
  /** How the upsampled and the skipped tensor meet. */
  readonly merge: "cat" | "add";
  /** Normalisation after every convolution. */
  readonly bn: "none" | "batch" | "instance";
  /** Epsilon of the normalisation. */
  readonly bn_eps: number;
  /** Whether the last convolution of a stage has an activation too. */
  readonly act_all: boolean;
  /** Activation of every slot that has none of its own. */
  readonly act: Activation;
  /** `official`: a k^3 convolution, activation and 1^3 convolution; `1x1`: only the last. */
  readonly head: "official" | "1x1";
  /** Last activation. */
  readonly out_act: "sigmoid" | "softmax" | "none";
}

/** Settings of Milletari's V-Net with one output channel. */
export const VNET_DEFAULTS: VNetSettings = {
  in_ch: 1,
  out_ch: 1,
  f: 16,
  k: 5,
  enc: [1, 1, 2, 3],
  bot: 3,
  dec: [1, 1, 2, 3],
  dec_w: 2,
  up_mult: 1,
  merge: "cat",
  bn: "none",
  bn_eps: 1e-5,
  act_all: false,
  act: "prelu_c",
  head: "official",
  out_act: "sigmoid",
};

const yesOrNo = words({ True: true, true: true, False: false, false: false });
const activation = oneOf(...ACTIVATIONS);

/** How each setting is read from text. */
export const VNET_RULES: OptionRules<VNetSettings> = {
  in_ch: whole(1),
  out_ch: whole(1),
  f: whole(1),
  k: odd,
  enc: wholeList(),
  bot: whole(1),
  dec: wholeList(),
  dec_w: whole(1),
  up_mult: whole(1),
  merge: oneOf("cat", "add"),
  bn: words({ True: "batch", true: "batch", False: "none", false: "none", instance: "instance" }),
  bn_eps: nonNegative,
  act_all: yesOrNo,
  act: activation,
  "acts.enc_conv": activation,
  "acts.enc_add": activation,
  "acts.down": activation,
  "acts.up": activation,
  "acts.dec_conv": activation,
  "acts.dec_add": activation,
  "acts.head": activation,
  head: oneOf("official", "1x1"),
  out_act: oneOf("sigmoid", "softmax", "none"),
};
