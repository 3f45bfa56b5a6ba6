/**
 * Statistics of tensors that several steps need and the first of them makes.
 *
 * @module
 */

import type { ValueId } from "../../../graph/graph.ts";
import { KeyedCache } from "../memory/keyed_cache.ts";

/** Moments over the voxels of each group and channel. */
export interface Moments {
  /** Means. */
  readonly means: Float64Array;
  /** Population variances. */
  readonly variances: Float64Array;
}

/** Sums over the voxels of each group and channel, as the gradient of a normalisation has them. */
export interface GradientSums {
  /** Of dy. */
  readonly plain: Float64Array;
  /** Of dy * (x - mean) / sqrt(variance + epsilon). */
  readonly weighted: Float64Array;
}

/** A normalisation with the gradient that reaches it. */
type GradientKey = readonly [
  x: ValueId,
  mean: ValueId,
  variance: ValueId,
  dy: ValueId,
  epsilon: number,
];

/** Where the statistics of an executable are while it runs, by what they are of. */
export class StatisticsCache {
  readonly #moments = new KeyedCache<readonly [x: ValueId, groups: number], Moments>();
  readonly #gradientSums = new KeyedCache<GradientKey, GradientSums>();
  readonly #sums = new KeyedCache<readonly [x: ValueId], Float64Array>();

  /** Moments of a tensor in so many groups. */
  moments(x: ValueId, groups: number, make: () => Moments): Moments {
    return this.#moments.once([x, groups], make);
  }

  /** Sums that the gradients of one normalisation share. */
  gradientSums(key: GradientKey, make: () => GradientSums): GradientSums {
    const made = this.#gradientSums.once(key, make);
    const [, , , dy] = key;
    // another norm of the same gradient may have other groups: the first one's sums will do
    this.#sums.once([dy], () => made.plain);
    return made;
  }

  /** Sums over the voxels of each group and channel, where an earlier step made them. */
  sums(x: ValueId): Float64Array | undefined {
    return this.#sums.known(x);
  }
}
