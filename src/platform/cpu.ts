/**
 * The processor of this machine.
 *
 * @module
 */

import { availableParallelism, cpus } from "node:os";

/** What is known of the processor. */
export interface CpuFacts {
  /** Model as the system names it; null where it does not. */
  readonly model: string | null;
  /** Cores that this process may use: affinity and control groups count. */
  readonly cores: number;
  /** Cores of the machine; null where unknown. */
  readonly machineCores: number | null;
  /** Instruction sets that matter here, of those the processor has; null where unknown. */
  readonly instructionSets: readonly string[] | null;
}

/** Instruction sets that decide how fast the backends run, as Linux names them. */
const RELEVANT = [
  ["avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "avx512_fp16"],
  ["amx_tile", "amx_bf16", "asimd", "asimdhp", "bf16", "sve"],
].flat();

/** Looks at the processor; never throws. */
export function cpuFacts(): CpuFacts {
  const known = listed();
  return {
    model: known?.[0]?.model.trim() || null,
    cores: availableParallelism(),
    machineCores: known?.length || null,
    instructionSets: instructionSets(),
  };
}

/**
 * The relevant instruction sets that the text of `/proc/cpuinfo` lists; null where it lists none.
 *
 * @example
 * ```ts
 * import { instructionSetsOf } from "./cpu.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(instructionSetsOf("flags\t\t: fpu avx2 sse avx512f\n"), ["avx2", "avx512f"]);
 * assert.equal(instructionSetsOf("processor : 0\n"), null);
 * ```
 */
export function instructionSetsOf(cpuinfo: string): string[] | null {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo);
  if (!flags) return null;
  const present = new Set(flags[1].trim().split(/\s+/));
  return RELEVANT.filter((name) => present.has(name));
}

function instructionSets(): string[] | null {
  try {
    return instructionSetsOf(Deno.readTextFileSync("/proc/cpuinfo"));
  } catch {
    // macOS, Windows, or no permission (Deno wants --allow-all for /proc): the fact is optional
    return null;
  }
}

function listed(): ReturnType<typeof cpus> | null {
  try {
    return cpus();
  } catch {
    // without --allow-sys the system is not asked
    return null;
  }
}

/** Load average of the last minute; null where the system does not tell. */
export function loadAverage(): number | null {
  if (Deno.build.os === "windows") return null;
  try {
    return Deno.loadavg()[0];
  } catch {
    // without --allow-sys the system is not asked
    return null;
  }
}
