/**
 * Gradients of ops that act on each element.
 *
 * @module
 */

import { type Differentiable, scaled, sumTo, sumToChannels } from "./gradient.ts";

/** Copies, summed where an operand was broadcast. */
export const add: Differentiable<"add"> = (site) =>
  site.inputs.map((id) => () => sumTo(site, site.dy, site.shape(id)));

/** The gradient times the other factor. */
export const mul: Differentiable<"mul"> = (site) => {
  const [a, b] = site.inputs;
  const times = (other: number, own: number) => () =>
    sumTo(site, site.apply("mul", [site.dy, other], {}), site.shape(own));
  return [times(b, a), times(a, b)];
};

/** The gradient times the scale. */
export const affine: Differentiable<"affine"> = (site) => [
  () => scaled(site, site.dy, site.attributes.scale),
];

/** dx = dy * scale; dscale = sum dy * x; dshift = sum dy. */
export const scale_shift: Differentiable<"scale_shift"> = (site) => {
  const { dy, inputs: [x, scale] } = site;
  return [
    () => site.apply("scale_shift", [dy, scale], {}),
    () => sumToChannels(site, site.apply("mul", [dy, x], {})),
    () => sumToChannels(site, dy),
  ];
};

/** The gradient where the output is positive. */
export const relu: Differentiable<"relu"> = (site) => [
  () => site.apply("leaky_relu_backward", [site.output, site.dy], { slope: 0 }),
];

/** The gradient, times the slope where the input is not positive. */
export const leaky_relu: Differentiable<"leaky_relu"> = (site) => {
  const { attributes: { slope }, inputs: [x], output, dy } = site;
  // the output has the sign of the input, and its memory may be the only one, unless slopes turn it
  const signed = slope >= 0 ? output : x;
  return [() => site.apply("leaky_relu_backward", [signed, dy], { slope })];
};

/** dx = dy * (1 + min(y, 0)), as exp(x) = y + 1 below zero. */
export const elu: Differentiable<"elu"> = (site) => [() => {
  const below = site.apply("relu", [scaled(site, site.output, -1)], {});
  const slope = site.apply("affine", [below], { scale: -1, shift: 1 });
  return site.apply("mul", [site.dy, slope], {});
}];

/** dx = dy * y * (1 - y). */
export const sigmoid: Differentiable<"sigmoid"> = (site) => [() => {
  const rest = site.apply("affine", [site.output], { scale: -1, shift: 1 });
  const slope = site.apply("mul", [rest, site.output], {});
  return site.apply("mul", [slope, site.dy], {});
}];

/** dx = dy * sigmoid(x). */
export const softplus: Differentiable<"softplus"> = (site) => [() => {
  const slope = site.apply("sigmoid", [site.inputs[0]], {});
  return site.apply("mul", [slope, site.dy], {});
}];

/** dx = -dy * y^2. */
export const reciprocal: Differentiable<"reciprocal"> = (site) => [() => {
  const square = site.apply("mul", [site.output, site.output], {});
  return site.apply("mul", [scaled(site, square, -1), site.dy], {});
}];

/** dx = y * (dy - sum over channels of dy * y). */
export const softmax: Differentiable<"softmax"> = (site) => [() => {
  const { output: y, dy } = site;
  const products = site.apply("mul", [dy, y], {});
  const dot = site.apply("sum", [products], { axes: [1] });
  const centred = site.apply("add", [dy, scaled(site, dot, -1)], {});
  return site.apply("mul", [centred, y], {});
}];

/** dx = dy * (x > 0 ? 1 : slope); dslope = the sum of dy * min(x, 0). */
export const prelu: Differentiable<"prelu"> = (site) => {
  const { dy, inputs: [x, slope] } = site;
  const perElement = site.shape(slope).length > 1;
  return [
    () => site.apply("prelu_backward_data", [x, slope, dy], {}),
    () => site.apply("prelu_backward_slope", [x, dy], { perElement }),
  ];
};
