/**
 * A whole scan on a device: slices go up once as they are stored, and the mask comes down.
 *
 * Everything that is to be done is given as numbers, so that a backend knows nothing of imaging; the
 * host path in `bench/` does the same, to the bit.
 *
 * @module
 */

/** What each target pixel of an axis takes: `weights[start[i]..start[i+1])` of `first[i]...`. */
export interface AxisTaps {
  /** Where the weights of each target pixel begin, and where the last ones end. */
  readonly start: Int32Array<ArrayBuffer>;
  /** The first source pixel of each target pixel. */
  readonly first: Int32Array<ArrayBuffer>;
  /** Weights of the source pixels. */
  readonly weights: Float64Array<ArrayBuffer>;
}

/** How a plane is resized: along each row first, then along each column, in double precision. */
export interface Resampling {
  /** Along the height. */
  readonly rows: AxisTaps;
  /** Along the width. */
  readonly columns: AxisTaps;
}

/** Slices of one execution. */
export interface ScanGroup {
  /** First slice. */
  readonly start: number;
  /** One past the last slice; behind it the network sees zeros. */
  readonly stop: number;
  /** What each slice adds to the scan's: its weight, and the sum of weights where it is the last. */
  readonly shares: readonly {
    readonly weight: number;
    readonly first: boolean;
    readonly total: number;
  }[];
}

/** What is done to a scan. */
export interface ScanPlan {
  /** Its stored voxels as bits, order (z, y, x). */
  readonly codes: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** What the network sees of each code. */
  readonly table: Float32Array<ArrayBuffer>;
  /** Rows and columns of a slice of the scan. */
  readonly slice: readonly [height: number, width: number];
  /** Rows and columns that the network sees. */
  readonly plane: readonly [height: number, width: number];
  /** From slices to the network. */
  readonly shrink: Resampling;
  /** From the network to slices. */
  readonly stretch: Resampling;
  /** Slices that an execution takes. */
  readonly size: number;
  /** The executions, in order; each begins where the one before it finished. */
  readonly groups: readonly ScanGroup[];
  /** Times that the network takes each slice: its input channels. */
  readonly channels: number;
  /** Where the first slice's foreground begins in the output, and how far it is to the next one's. */
  readonly foreground: { readonly from: number; readonly stride: number };
  /** Probability from which on a voxel is foreground, compared in single precision. */
  readonly threshold: number;
  /** Zeros, which take 0 or 1 a voxel. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** Whether probabilities are asked for. */
  readonly probabilities: boolean;
}

/** Slices whose mask is there. */
export interface FinishedSlices {
  /** The first one. */
  readonly start: number;
  /** One past the last one. */
  readonly stop: number;
  /** Whether all their probabilities are numbers; the mask is none otherwise. */
  readonly finite: boolean;
  /**
   * Their probabilities on the scan's grid, where the plan asks for them; until the next slices are
   * asked for.
   */
  probabilities(): Float32Array<ArrayBuffer>;
}
