/**
 * What every thread of a team does in a round.
 *
 * @module
 */

import type { ControlBlock } from "./control_block.ts";
import { type Execute, runTask } from "./task_table.ts";

/** Takes tasks of the round until there are none left. */
export function takeTasks(control: ControlBlock, thread: number, execute: Execute): void {
  for (let claim = control.claim(); claim; claim = control.claim()) {
    control.finish(runTask(claim.table, thread, claim.task, execute));
  }
}
