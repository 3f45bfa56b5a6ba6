/**
 * What is fuzzed: a reader and files that it reads.
 *
 * @module
 */

/** A reader. */
export interface Target {
  /** Its name. */
  readonly name: string;
  /** Whether its files are JSON, whose values are changed rather than its bytes. */
  readonly json?: boolean;
  /** Reads a file; throws an InputError, and nothing else, where it does not. */
  readonly read: (path: string) => unknown;
  /** Files that it reads. */
  readonly files: readonly string[];
}
