/**
 * Seeded random numbers: the same seed gives the same numbers on every machine.
 *
 * Bits come from xoroshiro128+ of `pure-rand`; what is made of them stands here.
 *
 * @module
 */

import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of seeded random numbers. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Uniform integer in [0, bound), bound <= 2^32. */
  integer(bound: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
}

/**
 * A stream of random numbers that depends on the seed and the labels only, so that each part of
 * a program draws from a stream of its own and adding a draw in one moves nothing in another.
 *
 * @example
 * ```ts
 * import { random } from "./random.ts";
 * import assert from "node:assert/strict";
 * assert.equal(random(7, "noise").uniform(), random(7, "noise").uniform());
 * assert.notEqual(random(7, "noise").uniform(), random(7, "lesions").uniform());
 * ```
 */
export function random(seed: number, ...labels: readonly (string | number)[]): Random {
  const generator = xoroshiro128plus(mix(seed, labels));
  let spare = NaN;
  const uniform = () => (generator.next() >>> 0) / 4294967296;
  return {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = NaN;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** FNV-1a over the seed and the labels, 32 bits. */
function mix(seed: number, labels: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify([seed, ...labels]))) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash | 0;
}
