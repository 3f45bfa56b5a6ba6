/**
 * Gradients of ops that only move elements.
 *
 * @module
 */

import type { ValueId } from "../graph.ts";
import type { OpName } from "../ops/mod.ts";
import type { Differentiable, Site } from "./gradient.ts";

/** Each input gets its channels back. */
export const concat: Differentiable<"concat"> = (site) => {
  let next = 0;
  return site.inputs.map((id) => {
    const first = next;
    const channels = site.shape(id)[1];
    next += channels;
    return () => site.apply("channel_slice", [site.dy], { first, channels });
  });
};

/** Zeros around. */
export const channel_slice: Differentiable<"channel_slice"> = (site) => [() => {
  const { attributes: { first, channels }, dy, inputs: [x] } = site;
  const after = site.shape(x)[1] - first - channels;
  const parts = [
    ...zeros(site, x, 0, first),
    dy,
    ...zeros(site, x, first + channels, after),
  ];
  return parts.length === 1 ? dy : site.apply("concat", parts, {});
}];

/** Zeros of the shape of some channels; none where there are none. */
function zeros<K extends OpName>(
  site: Site<K>,
  x: ValueId,
  first: number,
  channels: number,
): ValueId[] {
  if (channels === 0) return [];
  const some = site.apply("channel_slice", [x], { first, channels });
  return [site.apply("affine", [some], { scale: 0, shift: 0 })];
}

/** The sum over the repetitions. */
export const tile: Differentiable<"tile"> = (site) => [() => {
  const { attributes, dy, inputs: [x] } = site;
  const channels = site.shape(x)[1];
  let sum = site.apply("channel_slice", [dy], { first: 0, channels });
  for (let first = channels; first < attributes.channels; first += channels) {
    const next = site.apply("channel_slice", [dy], { first, channels });
    sum = site.apply("add", [sum, next], {});
  }
  return sum;
}];

/** Without the zeros. */
export const pad: Differentiable<"pad"> = (site) => [
  () => site.apply("crop", [site.dy], site.attributes),
];

/** With zeros where voxels were dropped. */
export const crop: Differentiable<"crop"> = (site) => [
  () => site.apply("pad", [site.dy], site.attributes),
];
