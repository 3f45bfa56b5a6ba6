/**
 * Numbers a channel, repeated along rows and joined from them: what primitives that work on rows of
 * voxels are given, and what they leave.
 *
 * @module
 */

/** Fills an array with the values of each channel, over and over. */
export function repeatChannels(
  target: Float32Array,
  channels: number,
  value: (channel: number) => number,
): void {
  for (let c = 0; c < channels; c++) target[c] = value(c);
  for (let filled = channels; filled < target.length; filled *= 2) {
    target.copyWithin(filled, 0, Math.min(filled, target.length - filled));
  }
}

/** Adds up what belongs to each channel, in double precision. */
export function sumChannels(
  source: Float32Array,
  target: Float64Array,
  first: number,
  channels: number,
): void {
  for (let start = 0; start < source.length; start += channels) {
    for (let c = 0; c < channels; c++) target[first + c] += source[start + c];
  }
}

/** y = what belongs to each channel in all groups, added up. */
export function sumOfGroups(source: Float64Array, y: Float32Array): () => void {
  return () => {
    for (let c = 0; c < y.length; c++) {
      let sum = 0;
      for (let at = c; at < source.length; at += y.length) sum += source[at];
      y[c] = sum;
    }
  };
}

/**
 * Joins means and population variances of equal columns, in double precision.
 *
 * @param columnMeans those of column i and channel c at i * channels + c
 * @param columnVariances the same
 * @param means written: one a channel
 * @param variances written: one a channel
 */
export function joinMoments(
  columnMeans: Float32Array,
  columnVariances: Float32Array,
  means: Float64Array,
  variances: Float64Array,
): void {
  const channels = means.length;
  const columns = columnMeans.length / channels;
  means.fill(0);
  variances.fill(0);
  for (let start = 0; start < columnMeans.length; start += channels) {
    for (let c = 0; c < channels; c++) means[c] += columnMeans[start + c] / columns;
  }
  for (let start = 0; start < columnMeans.length; start += channels) {
    for (let c = 0; c < channels; c++) {
      const off = columnMeans[start + c] - means[c];
      variances[c] += (columnVariances[start + c] + off * off) / columns;
    }
  }
}
