/**
 * The processor of this machine.
 *
 * @module
 */

import { availableParallelism, cpus } from "node:os";
import { readSpecial } from "./proc.ts";

/** What is known of the processor. */
export interface CpuFacts {
  /** Model as the system names it; null where it does not. */
  readonly model: string | null;
  /**
   * What tells processors of one name apart, as virtual machines often call theirs by: `family 26,
   * model 2`; null where unknown.
   */
  readonly generation: string | null;
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
  const cpuinfo = readSpecial("/proc/cpuinfo");
  return {
    model: known?.[0]?.model.trim() || null,
    generation: cpuinfo === null ? null : generationOf(cpuinfo),
    cores: availableParallelism(),
    machineCores: known?.length || null,
    instructionSets: cpuinfo === null ? null : instructionSetsOf(cpuinfo),
  };
}

/** What `/proc/cpuinfo` tells the generation of a processor by, on x86 and on ARM. */
const GENERATIONS: readonly Readonly<Record<string, string>>[] = [
  { family: "cpu family", model: "model" },
  { implementer: "CPU implementer", part: "CPU part" },
];

/**
 * The generation of the first processor that the text of `/proc/cpuinfo` lists; null where it tells
 * of none.
 *
 * @example
 * ```ts
 * import { generationOf } from "./cpu.ts";
 * import assert from "node:assert/strict";
 * const text = "cpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC\n";
 * assert.equal(generationOf(text), "family 26, model 2");
 * assert.equal(generationOf("CPU implementer\t: 0x41\nCPU part\t: 0xd40\n"),
 *   "implementer 0x41, part 0xd40");
 * assert.equal(generationOf("processor : 0\n"), null);
 * ```
 */
export function generationOf(cpuinfo: string): string | null {
  const valueOf = (key: string) => new RegExp(`^${key}\\s*:\\s*(\\w+)$`, "m").exec(cpuinfo)?.[1];
  for (const keys of GENERATIONS) {
    const found = Object.entries(keys).map(([name, key]) => [name, valueOf(key)]);
    if (found.every(([, value]) => value)) return found.map((one) => one.join(" ")).join(", ");
  }
  return null;
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
