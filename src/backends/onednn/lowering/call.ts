/**
 * What an executable is made of.
 *
 * @module
 */

import type { NativeCall } from "../threads/task_table.ts";

/** Something to do whenever the executable runs. */
export interface Call {
  /** What does it, as the library names it; `loops` for loops in this language. */
  readonly implementation: string;
  /** Does it; may return before it is done. */
  run(): void;
  /** The same for a thread of a team; absent for what is no single primitive. */
  readonly native?: NativeCall;
}
