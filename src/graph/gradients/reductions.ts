/**
 * Gradients of sums, means, maxima over channels, and normalisation.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { OpName } from "../ops/mod.ts";
import {
  allButChannels,
  type Differentiable,
  scaled,
  type Site,
  sumTo,
  sumToChannels,
} from "./gradient.ts";

/** The gradient, repeated. */
export const sum: Differentiable<"sum"> = (site) => [() => spread(site)];

/** The sum over what was repeated. */
export const expand: Differentiable<"expand"> = (site) => [
  () => sumTo(site, site.dy, site.shape(site.inputs[0])),
];

/** An equal share for each voxel. */
export const global_avg_pool: Differentiable<"global_avg_pool"> = (
  site,
) => [() => spread(site, true)];

/** An equal share for each channel. */
export const channel_mean: Differentiable<"channel_mean"> = (site) => [() => spread(site, true)];

/** To the first channel that has the maximum. */
export const channel_max: Differentiable<"channel_max"> = (site) => [
  () => site.apply("channel_max_backward", [site.inputs[0], site.dy], {}),
];

/** The gradient repeated to the shape of the input, divided among its elements for a mean. */
function spread<K extends OpName>(site: Site<K>, mean = false): number {
  const [x] = site.inputs;
  const shape = site.shape(x);
  const share = mean ? elements(site.shape(site.output)) / elements(shape) : 1;
  return site.apply("expand", [scaled(site, site.dy, share)], { shape });
}

/** dx = dy * 2 (x - mean) / M; nothing for the mean, about which deviations sum to 0. */
export const variance: Differentiable<"variance"> = (site) => {
  const { dy, inputs: [x, mean] } = site;
  const share = elements(site.shape(mean)) / elements(site.shape(x));
  return [() => {
    const deviation = site.apply("add", [x, scaled(site, mean, -1)], {});
    return site.apply("mul", [deviation, scaled(site, dy, 2 * share)], {});
  }, null];
};

/** What reaches x through its statistics is counted for x. */
export const normalise: Differentiable<"normalise"> = (site) => {
  const { attributes, dy, inputs: [x, mean, variance, gamma] } = site;
  return [
    () => site.apply("normalise_backward", [x, mean, variance, gamma, dy], attributes),
    null,
    null,
    () => site.apply("normalise_backward_scale", [x, mean, variance, dy], attributes),
    () => sumToChannels(site, dy),
  ];
};

/** As for `normalise`, with the statistics of each sample made anew. */
export const instance_norm: Differentiable<"instance_norm"> = (site) => {
  const { attributes, dy, inputs: [x, gamma] } = site;
  const axes = allButChannels(site.shape(x)).filter((axis) => axis !== 0);
  const voxels = elements(site.shape(x).slice(2));
  let made: readonly [number, number] | undefined;
  const statistics = () => {
    if (!made) {
      const mean = scaled(site, site.apply("sum", [x], { axes }), 1 / voxels);
      made = [mean, site.apply("variance", [x, mean], {})];
    }
    return made;
  };
  return [
    () => site.apply("normalise_backward", [x, ...statistics(), gamma, dy], attributes),
    () => site.apply("normalise_backward_scale", [x, ...statistics(), dy], attributes),
    () => sumToChannels(site, dy),
  ];
};
