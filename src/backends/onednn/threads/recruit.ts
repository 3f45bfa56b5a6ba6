/**
 * What a thread of a team is told when it starts.
 *
 * @module
 */

/** Post of a thread. */
export interface Recruit {
  /** Path of the library. */
  readonly path: string;
  /** Memory of the control block. */
  readonly control: SharedArrayBuffer;
  /** Which part of a table is its own; 0 is that of the thread that leads. */
  readonly thread: number;
}
