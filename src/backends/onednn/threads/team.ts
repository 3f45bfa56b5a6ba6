/**
 * Threads that take tasks as they find time.
 *
 * The library divides a primitive evenly among its threads and waits for the slowest: where another
 * program wants a core, every primitive waits for the thread that shares it. A team divides finer
 * than threads and gives the next task to whoever is free. A task also finds in its core's cache what
 * its call before left there.
 *
 * @module
 */

import { Worker } from "node:worker_threads";
import { check, type Library } from "../library/library.ts";
import { ControlBlock } from "./control_block.ts";
import type { Recruit } from "./recruit.ts";
import { takeTasks } from "./take_tasks.ts";
import type { TaskTable } from "./task_table.ts";

/** Milliseconds that threads may take to start. */
const START_LIMIT = 10_000;

/**
 * Threads of a team at most: each takes 20 MB and 0.1 seconds to start. Where there are more, the
 * library divides every primitive among them.
 */
const MOST_THREADS = 16;

/** Threads of the process that were started, or could not be, for a library. */
interface Started {
  readonly path: string;
  readonly size: number;
  /** What they share; null where they could not be started. */
  readonly control: ControlBlock | null;
}

/** One team for the process, as the library's own threads are: to start one takes 0.1 seconds. */
let started: Started | undefined;

/** Threads with the one that leads them and takes part. */
export class Team {
  readonly #library: Library;
  readonly #control: ControlBlock;
  /** Threads, the leading one included. */
  readonly size: number;

  private constructor(library: Library, control: ControlBlock, size: number) {
    this.#library = library;
    this.#control = control;
    this.size = size;
  }

  /**
   * A team of as many threads as the library has; undefined where there is one thread only, where
   * there are too many, or where the library's threads cannot be told what to do.
   */
  static of(library: Library): Team | undefined {
    const size = library.symbols.omp_get_max_threads?.() ?? 1;
    const several = size > 1 && size <= MOST_THREADS;
    if (!several || !library.symbols.omp_set_num_threads) return undefined;
    if (started?.path !== library.path || started.size !== size) {
      started?.control?.dissolve();
      started = { path: library.path, size, control: start(library.path, size) };
    }
    return started.control ? new Team(library, started.control, size) : undefined;
  }

  /** Runs what describes or executes primitives of one thread. */
  alone<T>(run: () => T): T {
    const { omp_set_num_threads } = this.#library.symbols;
    omp_set_num_threads!(1);
    try {
      return run();
    } finally {
      omp_set_num_threads!(this.size);
    }
  }

  /**
   * Runs all tasks of a table and waits for the last.
   *
   * @throws NativeError when a primitive fails
   */
  run(table: TaskTable, context: string): void {
    const { dnnl_primitive_execute_at } = this.#library.symbols;
    const status = this.alone(() => {
      this.#control.begin(table.address, table.tasks);
      takeTasks(this.#control, 0, dnnl_primitive_execute_at);
      return this.#control.awaitFinished(table.tasks);
    });
    check(status, "dnnl_primitive_execute", context);
  }
}

/** Starts all threads but the leading one; null where that cannot be done: the library's own do all then. */
function start(path: string, size: number): ControlBlock | null {
  const control = new ControlBlock();
  try {
    for (let thread = 1; thread < size; thread++) {
      const workerData: Recruit = { path, control: control.memory, thread };
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
      // one that fails does not join, which is all that is to be known of it
      worker.on("error", () => {});
      worker.unref();
    }
    if (control.awaitJoined(size - 1, START_LIMIT)) return control;
  } catch {
    // it may not be allowed here
  }
  control.dissolve();
  return null;
}
