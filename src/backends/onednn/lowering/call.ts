/**
 * What an executable is made of.
 *
 * @module
 */

/** Something to do whenever the executable runs. */
export interface Call {
  /** What does it, as the library names it; `loops` for loops in this language. */
  readonly implementation: string;
  /** Does it; may return before it is done. */
  run(): void;
}
