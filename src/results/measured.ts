/**
 * Numbers that may not exist.
 *
 * @module
 */

/** A number, or null with the reason why there is none. */
export interface MeasuredValue {
  /** The number. */
  readonly value: number | null;
  /** Why there is none. */
  readonly reason?: string;
}

/** An interval around an estimate. */
export interface IntervalRecord {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Share of such intervals that are meant to hold the true value: 0.95. */
  readonly level: number;
}

/**
 * A mean over scans. Its BCa bootstrap interval, resampled by patient and seeded by the suite, is
 * drawn once a run is complete; older files have none.
 */
export interface MeanRecord extends MeasuredValue {
  /** The interval; null where there is none. */
  readonly interval?: IntervalRecord | null;
  /** Why there is no interval. */
  readonly intervalReason?: string;
}
