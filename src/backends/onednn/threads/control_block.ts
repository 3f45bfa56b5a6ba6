/**
 * Words that the threads of a team share, and the claiming of tasks with them.
 *
 * A round is one table of tasks. The claim word holds the round and the next task, so that a thread
 * that wakes up late can claim nothing of a round that is over, and nobody has to wait for it.
 *
 * @module
 */

/** Bits of the claim word that are the next task; the rest is the round. */
const TASK_BITS = 24n;
const TASK_MASK = (1n << TASK_BITS) - 1n;

/** Most tasks of a round. */
export const MOST_TASKS: number = Number(TASK_MASK);

/** Places of the words of 32 bits. */
const WORD = { wake: 0, finished: 1, ready: 2, status: 3, stop: 4 } as const;

/** Places of the words of 64 bits, which lie behind those; tables and counts alternate by round. */
const WIDE = { claim: 0, table: 1, tasks: 3 } as const;

const WORDS = 8;
const WIDES = 5;

/** Looks at a word before a thread sleeps: some 20 microseconds, in which the next round mostly comes. */
const PATIENCE = 4000;

/** A claimed task. */
export interface Claim {
  /** Address of the table that it is in. */
  readonly table: bigint;
  /** Its place there. */
  readonly task: number;
}

/** Memory that all threads of a team see. */
export class ControlBlock {
  /** The memory, to be handed to other threads. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #wides: BigInt64Array;

  /** Sees memory of another thread's block; default: makes one. */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(WORDS * 4 + WIDES * 8)) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#wides = new BigInt64Array(memory, WORDS * 4, WIDES);
  }

  /** Begins a round; the one before it must be finished. */
  begin(table: bigint, tasks: number): void {
    const round = (Atomics.load(this.#wides, WIDE.claim) >> TASK_BITS) + 1n;
    const side = Number(round & 1n);
    Atomics.store(this.#wides, WIDE.table + side, table);
    Atomics.store(this.#wides, WIDE.tasks + side, BigInt(tasks));
    Atomics.store(this.#words, WORD.finished, 0);
    Atomics.store(this.#wides, WIDE.claim, round << TASK_BITS);
    Atomics.add(this.#words, WORD.wake, 1);
    Atomics.notify(this.#words, WORD.wake);
  }

  /** Takes the next task of the round; undefined where there is none left. */
  claim(): Claim | undefined {
    for (;;) {
      const claim = Atomics.load(this.#wides, WIDE.claim);
      const side = Number((claim >> TASK_BITS) & 1n);
      const task = claim & TASK_MASK;
      const table = Atomics.load(this.#wides, WIDE.table + side);
      if (task >= Atomics.load(this.#wides, WIDE.tasks + side)) return undefined;
      if (Atomics.compareExchange(this.#wides, WIDE.claim, claim, claim + 1n) === claim) {
        return { table, task: Number(task) };
      }
    }
  }

  /** Says that a claimed task is done, with the status of the call that failed or 0. */
  finish(status: number): void {
    if (status !== 0) Atomics.compareExchange(this.#words, WORD.status, 0, status);
    Atomics.add(this.#words, WORD.finished, 1);
    Atomics.notify(this.#words, WORD.finished);
  }

  /** Waits until so many tasks are finished; gives the first status that was not 0, or 0. */
  awaitFinished(tasks: number): number {
    for (;;) {
      const finished = this.#patiently(WORD.finished, (count) => count === tasks);
      if (finished === tasks) return Atomics.exchange(this.#words, WORD.status, 0);
      Atomics.wait(this.#words, WORD.finished, finished);
    }
  }

  /** How often rounds have begun, for {@linkcode awaitRound}. */
  get rounds(): number {
    return Atomics.load(this.#words, WORD.wake);
  }

  /** Waits for a round after so many; false where the team is dissolved. */
  awaitRound(rounds: number): boolean {
    const now = this.#patiently(WORD.wake, (count) => count !== rounds);
    if (now === rounds) Atomics.wait(this.#words, WORD.wake, rounds);
    return Atomics.load(this.#words, WORD.stop) === 0;
  }

  /** Says that one more thread takes part. */
  join(): void {
    Atomics.add(this.#words, WORD.ready, 1);
    Atomics.notify(this.#words, WORD.ready);
  }

  /** Waits until so many threads take part; false where it takes longer than so many milliseconds. */
  awaitJoined(threads: number, limit: number): boolean {
    const end = performance.now() + limit;
    for (;;) {
      const ready = Atomics.load(this.#words, WORD.ready);
      if (ready === threads) return true;
      const left = end - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#words, WORD.ready, ready, left);
    }
  }

  /** Sends all other threads home. */
  dissolve(): void {
    Atomics.store(this.#words, WORD.stop, 1);
    Atomics.add(this.#words, WORD.wake, 1);
    Atomics.notify(this.#words, WORD.wake);
  }

  /** The value of a word, once it is as wanted or patience is at its end. */
  #patiently(word: number, wanted: (value: number) => boolean): number {
    for (let look = 0; look < PATIENCE; look++) {
      const value = Atomics.load(this.#words, word);
      if (wanted(value)) return value;
    }
    return Atomics.load(this.#words, word);
  }
}
