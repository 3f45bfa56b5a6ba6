/**
 * A thread of a team: takes tasks until the team is dissolved.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { Library } from "../library/library.ts";
import { ControlBlock } from "./control_block.ts";
import type { Recruit } from "./recruit.ts";
import { takeTasks } from "./take_tasks.ts";

const { path, control: memory, thread } = workerData as Recruit;
const control = new ControlBlock(memory);
const { symbols } = new Library(path);
symbols.omp_set_num_threads!(1);
let rounds = control.rounds;
control.join();
while (control.awaitRound(rounds)) {
  rounds = control.rounds;
  takeTasks(control, thread, symbols.dnnl_primitive_execute_at);
}
