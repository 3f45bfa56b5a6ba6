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
  /** Cores that this process may use. */
  readonly cores: number;
  /** Instruction sets that matter here, of those the processor has; null where unknown. */
  readonly instructionSets: readonly string[] | null;
}

/** Instruction sets that decide how fast the backends run, as Linux names them. */
const RELEVANT = ["avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile", "asimd", "sve"];

/** Looks at the processor; never throws. */
export function cpuFacts(): CpuFacts {
  const model = cpus()[0]?.model.trim();
  return {
    model: model ? model : null,
    cores: availableParallelism(),
    instructionSets: instructionSets(),
  };
}

function instructionSets(): string[] | null {
  try {
    const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"));
    if (!flags) return null;
    const present = new Set(flags[1].trim().split(/\s+/));
    return RELEVANT.filter((name) => present.has(name));
  } catch {
    // no such file (macOS, Windows) or no permission: the facts are optional
    return null;
  }
}

/** Load average of the last minute; null where the system does not tell. */
export function loadAverage(): number | null {
  if (Deno.build.os === "windows") return null;
  try {
    return Deno.loadavg()[0];
  } catch {
    return null;
  }
}
