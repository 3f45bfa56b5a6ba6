/**
 * Tasks as the threads of a team read them: primitives of the library with their arguments, in
 * memory that does not move.
 *
 * Each thread has a part of its own, for what tasks write besides their results. In words of 64 bits
 * a table is the stream, the words of a part, and the parts. A part is the place of each task's first
 * call and of the end, and three words a call: the primitive, the address of its arguments, and how
 * many they are.
 *
 * @module
 */

import { allocateBuffer, type Buffer } from "../../buffers.ts";
import type { ArgumentList } from "../library/execution.ts";

/** A primitive with its arguments. */
export interface NativeCall {
  /** Handle of the primitive. */
  readonly primitive: bigint;
  /** Pairs of argument and memory. */
  readonly args: ArgumentList;
  /** Address of those; good while they live. */
  readonly address: bigint;
}

/** Calls of one task, in order. */
export type Task = readonly NativeCall[];

const HEADER_WORDS = 2;
const CALL_WORDS = 3;
const WORD_BYTES = 8;

/** Tasks in memory. */
export interface TaskTable {
  /** Address of the first word. */
  readonly address: bigint;
  /** How many tasks. */
  readonly tasks: number;
  /** Keeps memory that threads read alive. */
  readonly kept: readonly [Buffer, readonly (readonly Task[])[]];
}

/**
 * Writes tasks down.
 *
 * @param stream what they run on
 * @param parts the same tasks for each thread
 */
export function writeTasks(stream: bigint, parts: readonly (readonly Task[])[]): TaskTable {
  const [{ length: tasks }] = parts;
  const calls = parts[0].reduce((sum, task) => sum + task.length, 0);
  const words = tasks + 1 + calls * CALL_WORDS;
  const size = HEADER_WORDS + parts.length * words;
  const buffer = allocateBuffer(size * WORD_BYTES);
  const { bytes, address } = buffer;
  const memory = new BigUint64Array(bytes.buffer, bytes.byteOffset, size);
  memory.set([stream, BigInt(words)]);
  parts.forEach((part, thread) => {
    const own = memory.subarray(HEADER_WORDS + thread * words);
    let place = tasks + 1;
    part.forEach((task, i) => {
      own[i] = BigInt(place);
      for (const { primitive, args, address } of task) {
        own.set([primitive, address, BigInt(args.length / 2)], place);
        place += CALL_WORDS;
      }
    });
    own[tasks] = BigInt(place);
  });
  return { address, tasks, kept: [buffer, parts] };
}

/** Runs a primitive on a stream, with so many arguments at an address; gives the status. */
export type Execute = (primitive: bigint, stream: bigint, count: number, args: bigint) => number;

/**
 * Runs one task; gives the first status that was not 0, or 0.
 *
 * @param table its address
 * @param thread whose part is taken
 */
export function runTask(table: bigint, thread: number, task: number, execute: Execute): number {
  const view = new Deno.UnsafePointerView(Deno.UnsafePointer.create(table)!);
  const word = (place: number) => view.getBigUint64(place * WORD_BYTES);
  const stream = word(0);
  const start = HEADER_WORDS + thread * Number(word(1));
  const end = start + Number(word(start + task + 1));
  for (let place = start + Number(word(start + task)); place < end; place += CALL_WORDS) {
    const status = execute(word(place), stream, Number(word(place + 2)), word(place + 1));
    if (status !== 0) return status;
  }
  return 0;
}
