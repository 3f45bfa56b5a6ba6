/**
 * How many voxels of a channels-last tensor to see as one row: R voxels by C channels are, in the
 * same memory, R / f rows of f * C elements.
 *
 * @module
 */

/** Elements that the library fills its vectors with. */
const LANES = 16;

/**
 * Elements that are added up in single precision before double precision takes over. Their sum is
 * off by some 1e-6 of their size at most, and mostly by far less.
 */
const SHORT = 128;

/** Rows of about this many elements amortise what a kernel does once a row. */
const LONG = 1024;

/** Elements of a row that are enough for all lanes and threads. */
const WIDE = 4096;

/** Divisors of a whole number up to a bound, the largest first. */
function divisors(of: number, most: number): number[] {
  const found: number[] = [];
  for (let d = Math.min(of, most); d >= 1; d--) if (of % d === 0) found.push(d);
  return found;
}

/**
 * Voxels of a row so that columns are short enough to be added up in single precision, with rows of
 * whole vectors where they can be.
 *
 * @param most elements of a column at most
 */
export function shortColumns(voxels: number, channels: number, most: number = SHORT): number {
  const depths = divisors(voxels, most);
  const whole = depths.find((depth) => voxels / depth * channels % LANES === 0);
  return voxels / (whole ?? depths[0]);
}

/**
 * Voxels of a row so that there are about as many rows as voxels in a row: where single precision
 * adds up the columns, and then what is left of the rows. Wide rows stay at what fills all lanes and
 * threads.
 */
export function squareRows(voxels: number, channels: number): number {
  const most = Math.floor(Math.min(Math.sqrt(voxels), WIDE / channels));
  return divisors(voxels, Math.max(1, most))[0];
}

/**
 * Voxels of a row for a pass that needs one number a channel. There are two rows at least, where
 * there are two voxels: the library is slow with one.
 */
export function longRows(voxels: number, channels: number): number {
  const most = Math.min(Math.floor(LONG / channels), Math.floor(voxels / 2));
  return divisors(voxels, Math.max(1, most))[0];
}
