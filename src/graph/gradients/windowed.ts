/**
 * Gradients of convolutions, dense layers and pooling.
 *
 * @module
 */

import type { ConvAttributes } from "../ops/conv.ts";
import { uniformWindow } from "../windowed.ts";
import { type Differentiable, sumToChannels } from "./gradient.ts";

/** dx is the transposed convolution, dw a correlation of x and dy, db a sum. */
export const conv: Differentiable<"conv"> = (site) => {
  const { attributes, dy, inputs: [x, weight] } = site;
  const spatial = site.shape(x).slice(2);
  return [
    () => site.apply("conv_backward_data", [dy, weight], { ...attributes, spatial }),
    () => site.apply("conv_backward_weights", [x, dy], attributes),
    () => sumToChannels(site, dy),
  ];
};

/** A transposed convolution is a convolution's gradient, and its own are the convolution's. */
export const deconv: Differentiable<"deconv"> = (site) => {
  const { dy, inputs: [x, weight] } = site;
  const attributes: ConvAttributes = { ...site.attributes, groups: 1 };
  return [
    () => site.apply("conv", [dy, weight], attributes),
    () => site.apply("conv_backward_weights", [dy, x], attributes),
    () => sumToChannels(site, dy),
  ];
};

/** A dense layer is a convolution of one voxel by one tap. */
export const linear: Differentiable<"linear"> = (site) => {
  const { dy, inputs: [x, weight] } = site;
  const spatial = site.shape(x).slice(2);
  const attributes: ConvAttributes = { ...uniformWindow(spatial.length, 1), groups: 1 };
  return [
    () => site.apply("conv_backward_data", [dy, weight], { ...attributes, spatial }),
    () => site.apply("conv_backward_weights", [x, dy], attributes),
    () => sumToChannels(site, dy),
  ];
};

/** To the first maximum of each window. */
export const max_pool: Differentiable<"max_pool"> = (site) => [
  () => site.apply("max_pool_backward", [site.inputs[0], site.dy], site.attributes),
];

/** A window over everything. */
export const global_max_pool: Differentiable<"global_max_pool"> = (site) => {
  const [x] = site.inputs;
  const kernel = site.shape(x).slice(2);
  const window = { ...uniformWindow(kernel.length, 1), kernel };
  return [() => site.apply("max_pool_backward", [x, site.dy], window)];
};
