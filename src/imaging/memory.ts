/**
 * Memory asked for before it is taken: headers announce what they like.
 *
 * @module
 */

import { refusal } from "./refusal.ts";

/**
 * Makes sure that voxels fit into what this machine has left. A sparse file of terabytes takes no
 * room on the disk, and memory that is given is only missed when it is filled. Where the system may
 * not be asked (`--allow-sys`), nothing is known and nothing refused.
 *
 * @param file as errors shall name it
 * @throws InputError where they do not
 */
export function requireMemory(file: string, bytes: number): void {
  if (bytes <= availableMemory()) return;
  throw refusal(
    "too-large",
    `${file} holds ${gigabytes(bytes)} of voxels, more than this machine has free memory.`,
    "If it is no lie of its header, use a machine with more memory.",
    { bytes },
  );
}

/** Bytes below which nobody is asked: every machine has them. */
const ALWAYS_THERE = 2 ** 26;

function availableMemory(): number {
  try {
    return Math.max(ALWAYS_THERE, Deno.systemMemoryInfo().available);
  } catch {
    // without --allow-sys the system is not asked
    return Infinity;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}
