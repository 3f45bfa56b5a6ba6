/**
 * What progress is.
 *
 * @module
 */

/**
 * Tells how far work has come. Never writes to standard output. Whoever makes one disposes of it
 * (`using`): a bar that nobody stops would keep the process alive.
 */
export interface Progress extends Disposable {
  /** Begins a piece of work of `total` units; what was going on ends. */
  start(label: string, total: number): void;
  /**
   * Reports units done (default: 1).
   *
   * @param remark how it goes, in a word or two, until the next one
   */
  advance(units?: number, remark?: string): void;
  /** Says something that stays; work goes on. */
  note(message: string): void;
  /** Ends the piece of work. */
  stop(): void;
}
