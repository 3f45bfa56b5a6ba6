/**
 * Memory of this machine and of this process, in bytes.
 *
 * @module
 */

/** Memory of the machine. */
export interface MachineMemory {
  /** All of it. */
  readonly total: number;
  /** What new work could take. */
  readonly available: number;
}

/** Memory of the machine; null where it cannot be asked. */
export function machineMemory(): MachineMemory | null {
  try {
    const { total, available } = Deno.systemMemoryInfo();
    return { total, available };
  } catch {
    return null;
  }
}

/** Largest resident memory of this process so far; null where the system does not tell. */
export function peakMemory(): number | null {
  return fromStatus("VmHWM");
}

/** Resident memory of this process now. */
export function residentMemory(): number {
  return Deno.memoryUsage().rss;
}

/** Lets the peak start again from the memory now; whether the system allows it. */
export function resetPeakMemory(): boolean {
  try {
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

/** A line of /proc/self/status, in bytes. */
function fromStatus(field: string): number | null {
  try {
    const line = new RegExp(`^${field}:\\s*(\\d+) kB$`, "m");
    const found = line.exec(Deno.readTextFileSync("/proc/self/status"));
    return found ? Number(found[1]) * 1024 : null;
  } catch {
    return null;
  }
}
