/**
 * Noise that is a function of place: the value at a point depends on the seed and the point only,
 * never on what was asked before, so that slices may be made in any order.
 *
 * @module
 */

/** A 32-bit hash of a seed and three integers (the finaliser of MurmurHash3 between them). */
export function hash3(seed: number, i: number, j: number, k: number): number {
  let h = seed | 0;
  h = scramble(h ^ Math.imul(i, 0x9e3779b1));
  h = scramble(h ^ Math.imul(j, 0x85ebca77));
  return scramble(h ^ Math.imul(k, 0xc2b2ae3d));
}

function scramble(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * One number of nearly normal distribution, mean 0 and variance 1, from a hash: the sum of its
 * four bytes, whose tails end at 3.4 standard deviations. Only integers are added, so it is exact.
 */
export function normalOf(hash: number): number {
  const sum = (hash & 255) + ((hash >>> 8) & 255) + ((hash >>> 16) & 255) + (hash >>> 24);
  return (sum - 510) * (1 / 147.79828144745095); // sqrt(4 * (256^2 - 1) / 12)
}

/** Smooth noise in [-1, 1] in one plane, as a function of x and y in mm. */
export type NoisePlane = (x: number, y: number) => number;

/**
 * The plane at height `z` of value noise in space: random numbers on a cubic lattice, interpolated
 * with the smooth step 3t^2 - 2t^3, the same in all three directions.
 *
 * @param seed Any integer; fields of different seeds are unrelated.
 * @param period Lattice spacing in mm: points closer than that have similar values.
 * @param z Height in mm.
 * @param extent The field repeats outside [-extent, extent] mm.
 */
export function noisePlane(seed: number, period: number, z: number, extent = 260): NoisePlane {
  const scale = 1 / period;
  const half = Math.ceil(extent * scale);
  const size = 2 * half;
  const k = Math.floor(z * scale);
  const t = fade(z * scale - k);
  const lattice = new Float32Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const below = hash3(seed, i, j, k);
      const above = hash3(seed, i, j, k + 1);
      lattice[j * size + i] = (below + t * (above - below)) * (1 / 2147483648);
    }
  }
  return (x, y) => {
    const u = x * scale + half;
    const v = y * scale + half;
    const iu = Math.floor(u);
    const jv = Math.floor(v);
    const s = fade(u - iu);
    const r = fade(v - jv);
    const i0 = wrap(iu, size);
    const i1 = i0 + 1 === size ? 0 : i0 + 1;
    const row0 = wrap(jv, size) * size;
    const row1 = row0 + size === lattice.length ? 0 : row0 + size;
    const top = lattice[row0 + i0] + s * (lattice[row0 + i1] - lattice[row0 + i0]);
    const bottom = lattice[row1 + i0] + s * (lattice[row1 + i1] - lattice[row1 + i0]);
    return top + r * (bottom - top);
  };
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}

function wrap(index: number, size: number): number {
  if (index >= 0 && index < size) return index;
  const rest = index % size;
  return rest < 0 ? rest + size : rest;
}
