/**
 * Other views of memory that holds a tensor already: nothing is moved.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import { BYTES, channelsLast, type Layout, type View } from "../library/layout.ts";

/** One sample of a tensor, still with an axis of samples; a tensor of one sample serves all. */
export function sample(view: View, n: number): View {
  const [samples, ...rest] = view.dims;
  const at = samples === 1 ? 0 : n;
  return { ...view, dims: [1, ...rest], address: moved(view, at * view.strides[0]) };
}

/** Some channels of a tensor. */
export function channelSlice(view: View, first: number, channels: number): View {
  const dims = view.dims.map((size, axis) => (axis === 1 ? channels : size));
  return { ...view, dims, address: moved(view, first * view.strides[1]) };
}

/** Some neighbouring lines of a sample's outermost spatial axis. */
export function lines(view: View, first: number, count: number): View {
  const [, , line] = view.strides;
  return {
    ...view,
    dims: view.dims.with(2, count),
    // there is no next sample, but some kernels want it right behind this one
    strides: view.strides.with(0, count * line),
    address: moved(view, first * line),
  };
}

/**
 * The same channels-last memory with `factor` neighbours along W seen as channels: index
 * (w mod factor) * C + c. W must divide by the factor.
 */
export function folded<L extends Layout>(view: L, factor: number): L {
  if (factor === 1) return view;
  const last = view.dims.length - 1;
  const dims = view.dims.map((size, axis) =>
    axis === 1 ? size * factor : axis === last ? size / factor : size
  );
  return { ...view, ...channelsLast(view.type, dims) };
}

/** Numbers a channel, (1, C), as one axis. */
export function asVector(view: View): View {
  return { ...view, dims: [view.dims[1]], strides: [1] };
}

/** A channels-last tensor as a matrix, voxels by channels. */
export function asMatrix(view: View): View {
  const [, channels] = view.dims;
  const dims = [elements(view.dims) / channels, channels];
  return { ...view, dims, strides: [channels, 1] };
}

/** Some neighbouring rows of a matrix. */
export function rows(view: View, first: number, count: number): View {
  const [row] = view.strides;
  return { ...view, dims: view.dims.with(0, count), address: moved(view, first * row) };
}

/** A channels-last tensor as an image of one column a sample, `fold` voxels a row. */
export function asRows(view: View, fold: number): View {
  const [samples, channels, ...rest] = view.dims;
  const dims = [samples, channels * fold, elements(rest) / fold, 1];
  return { ...view, ...channelsLast(view.type, dims) };
}

/**
 * All elements of a dense tensor as one sample of one column.
 *
 * @param channels how many of them are a voxel; default: its own channels
 */
export function asColumn(view: View, channels: number = view.dims[1]): View {
  const dims = [1, channels, elements(view.dims) / channels, 1];
  return { ...view, ...channelsLast(view.type, dims) };
}

/** The address some elements further on; 0 where it is not known yet. */
export function moved({ type, address }: View, elements: number): bigint {
  return address === 0n ? 0n : address + BigInt(elements * BYTES[type]);
}
