/**
 * The variants of V-Net. Parameter counts hold at 32x512x512.
 *
 * @module
 */

import type { Shape } from "../base/shapes.ts";
import type { Variant } from "./model.ts";
import type { SlotSettings, VNetSettings } from "./vnet_settings.ts";

const PAPER_STACK: Shape = [32, 512, 512];

/** Every slot but the head's. */
const RELU_SLOTS: SlotSettings = {
  "acts.enc_conv": "relu",
  "acts.enc_add": "relu",
  "acts.down": "relu",
  "acts.up": "relu",
  "acts.dec_conv": "relu",
  "acts.dec_add": "relu",
};

/** Variants by name. */
export const VNET_VARIANTS: Readonly<Record<string, Variant<VNetSettings>>> = {
  paper206: {
    summary: "206 M parameters by slopes an element, base width 4: the reading that fits the paper",
    spatial: PAPER_STACK,
    settings: { f: 4, enc: [1, 2, 3, 3], dec: [1, 1, 1, 1], act: "prelu_e", head: "1x1" },
  },
  paper206_w16k3: {
    summary: "206 M parameters with base width 16, kernel 3, slopes an element in the encoder",
    spatial: PAPER_STACK,
    settings: {
      ...RELU_SLOTS,
      k: 3,
      "acts.enc_conv": "prelu_e",
      "acts.enc_add": "prelu_e",
      head: "1x1",
    },
  },
  paper206_w16k5: {
    summary: "206 M parameters with base width 16, kernel 5, merging by addition",
    spatial: PAPER_STACK,
    settings: {
      ...RELU_SLOTS,
      enc: [2, 2, 2, 2],
      bot: 2,
      dec: [2, 2, 2, 2],
      dec_w: 1,
      merge: "add",
      "acts.enc_add": "prelu_e",
      head: "1x1",
    },
  },
  official: {
    summary: "Milletari's V-Net: two channels (background, foreground) and a softmax",
    spatial: PAPER_STACK,
    settings: { out_ch: 2, out_act: "softmax" },
  },
  official1: {
    summary: "Milletari's V-Net with one channel and a sigmoid",
    spatial: PAPER_STACK,
    settings: {},
  },
  fig2: {
    summary: "The convolution counts of Fig. 2 of the V-Net paper",
    spatial: PAPER_STACK,
    settings: { enc: [1, 2, 3, 3], dec: [1, 2, 3, 3], head: "1x1" },
  },
  monai: {
    summary: "The counts of MONAI's V-Net: convolution, batch norm, ELU",
    spatial: PAPER_STACK,
    settings: { bot: 2, dec: [1, 1, 2, 2], bn: "batch", act_all: true, act: "elu" },
  },
  small: {
    summary: "For two cores and small inputs: three levels, base width 4, instance norm",
    spatial: [32, 128, 128],
    settings: { f: 4, enc: [1, 2, 2], bot: 2, dec: [1, 1, 1], bn: "instance", head: "1x1" },
  },
};
