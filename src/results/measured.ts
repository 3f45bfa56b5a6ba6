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
