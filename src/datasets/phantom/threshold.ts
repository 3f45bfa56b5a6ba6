/**
 * How well grey values alone find the lesions: the Dice of the best window of HU inside the lungs.
 *
 * A data set on which this number is high would say nothing about a model that looks at shapes.
 *
 * @module
 */

/** HU of the first bin, width of a bin and number of bins: -1100 to 500 HU, the rest at the ends. */
const FIRST = -1100;
const WIDTH = 5;
const BINS = 320;

/** How many voxels of the lungs have which HU. */
export interface LungHistogram {
  /** Voxels of lesions, a bin each 5 HU. */
  readonly lesion: Float64Array;
  /** All voxels of the lungs. */
  readonly all: Float64Array;
}

/** The best window of HU and its Dice. */
export interface BestWindow {
  /** Lowest HU taken for a lesion. */
  readonly low: number;
  /** HU below which voxels are taken; Infinity for a plain threshold. */
  readonly high: number;
  /** Dice with the truth, null where there is no lesion. */
  readonly dice: number | null;
}

/** HU and masks of the same voxels: a phantom, or a slice of one. */
export interface HuAndMasks {
  /** HU. */
  readonly volume: {
    /** One a voxel. */
    readonly voxels: ArrayLike<number>;
  };
  /** Lesions. */
  readonly lesion: {
    /** 0 or 1 a voxel. */
    readonly voxels: ArrayLike<number>;
  };
  /** Lungs. */
  readonly lung: {
    /** 0 or 1 a voxel. */
    readonly voxels: ArrayLike<number>;
  };
}

/** Counts the HU of lesions and lungs. */
export function lungHistogram({ volume, lesion, lung }: HuAndMasks): LungHistogram {
  const counts = { lesion: new Float64Array(BINS), all: new Float64Array(BINS) };
  for (let at = 0; at < lung.voxels.length; at++) {
    if (lung.voxels[at] === 0) continue;
    const bin = Math.floor((volume.voxels[at] - FIRST) / WIDTH);
    const within = Math.min(BINS - 1, Math.max(0, bin));
    counts.all[within]++;
    counts.lesion[within] += lesion.voxels[at];
  }
  return counts;
}

/** The sum of histograms: one threshold for a whole data set. */
export function pooled(histograms: readonly LungHistogram[]): LungHistogram {
  const add = (key: keyof LungHistogram) =>
    Float64Array.from(
      { length: BINS },
      (_, bin) => histograms.reduce((sum, histogram) => sum + histogram[key][bin], 0),
    );
  return { lesion: add("lesion"), all: add("all") };
}

/** The threshold with the highest Dice, chosen with the truth in hand: an upper bound. */
export function bestThreshold(histogram: LungHistogram): BestWindow {
  return best(histogram, () => [BINS]);
}

/** The window of HU, open to neither side, with the highest Dice. */
export function bestWindow(histogram: LungHistogram): BestWindow {
  return best(histogram, (low) => Array.from({ length: BINS - low }, (_, n) => low + n + 1));
}

function best(
  { lesion, all }: LungHistogram,
  ends: (low: number) => readonly number[],
): BestWindow {
  const before = cumulative(all);
  const lesionBefore = cumulative(lesion);
  const truth = lesionBefore[BINS];
  let found: BestWindow = { low: Infinity, high: Infinity, dice: truth === 0 ? null : 0 };
  if (truth === 0) return found;
  for (let low = 0; low < BINS; low++) {
    for (const high of ends(low)) {
      const hits = lesionBefore[high] - lesionBefore[low];
      const dice = (2 * hits) / (truth + before[high] - before[low]);
      if (dice > (found.dice ?? 0)) {
        found = {
          low: FIRST + low * WIDTH,
          high: high === BINS ? Infinity : FIRST + high * WIDTH,
          dice,
        };
      }
    }
  }
  return found;
}

/** Sums of all bins before each. */
function cumulative(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length + 1);
  counts.forEach((count, bin) => sums[bin + 1] = sums[bin] + count);
  return sums;
}
