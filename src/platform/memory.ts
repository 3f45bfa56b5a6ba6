/**
 * Memory of this machine and of this process, in bytes.
 *
 * @module
 */

import process from "node:process";

/** Memory of the machine, as far as this process may use it. */
export interface MachineMemory {
  /** All of it, or the limit of the control group (container) where that is less. */
  readonly total: number;
  /** What new work could take. */
  readonly available: number;
}

/** Memory of the machine or container; null where it cannot be asked. */
export function machineMemory(): MachineMemory | null {
  try {
    const { total, available } = Deno.systemMemoryInfo();
    return withinLimit({ total, available }, process.constrainedMemory(), residentMemory());
  } catch {
    // without --allow-sys the system is not asked
    return null;
  }
}

/**
 * What a limit leaves of a machine's memory. What other processes of the container hold is not
 * known, so `available` is an upper bound there.
 *
 * @param limit of the control group, 0 or more than the machine has where there is none
 * @param resident memory that this process holds
 *
 * @example
 * ```ts
 * import { withinLimit } from "./memory.ts";
 * import assert from "node:assert/strict";
 * const machine = { total: 64, available: 50 };
 * assert.deepEqual(withinLimit(machine, 2 ** 63, 3), machine);
 * assert.deepEqual(withinLimit(machine, 8, 3), { total: 8, available: 5 });
 * ```
 */
export function withinLimit(
  machine: MachineMemory,
  limit: number,
  resident: number,
): MachineMemory {
  if (!(limit > 0 && limit < machine.total)) return machine;
  return { total: limit, available: Math.max(0, Math.min(machine.available, limit - resident)) };
}

/**
 * Largest resident memory of this process, since it began or since `resetPeakMemory`; null where
 * the system does not tell.
 */
export function peakMemory(): number | null {
  return highWaterMark() ?? largestResident();
}

/** Resident memory of this process now. */
export function residentMemory(): number {
  return Deno.memoryUsage().rss;
}

/**
 * Lets the peak start again from the memory now. Linux only, and Deno wants --allow-all for it.
 *
 * @returns whether it does; if not, `peakMemory` goes on telling the peak since the beginning
 */
export function resetPeakMemory(): boolean {
  try {
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    // another system, or no permission: the caller is told
    return false;
  }
}

/** VmHWM of /proc/self/status: exact, and it can be reset. */
function highWaterMark(): number | null {
  try {
    const found = /^VmHWM:\s*(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"));
    return found ? Number(found[1]) * 1024 : null;
  } catch {
    // another system, or no permission (Deno wants --allow-all for /proc)
    return null;
  }
}

/** getrusage's ru_maxrss: needs no permission. */
function largestResident(): number | null {
  const kilobytes = process.resourceUsage().maxRSS;
  return kilobytes > 0 ? kilobytes * 1024 : null;
}
