/**
 * What a run records of the program and the machine. No host, user or path is among it.
 *
 * @module
 */

import { cpuFacts, loadAverage, machineMemory, toolFacts } from "../platform/mod.ts";
import type { EnvironmentRecord, GpuRecord, ToolRecord, VolatileRecord } from "./records.ts";

/** An open backend, as far as results tell of it. */
export interface RecordedBackend {
  /** Its name. */
  readonly name: string;
  /** What it runs on. */
  readonly device: {
    /** Kind of device. */
    readonly kind: "cpu" | "gpu";
    /** Instruction set that its kernels use; null where it does not say. */
    readonly isa: string | null;
    /** Threads that it computes with. */
    readonly threads: number;
    /** Native libraries and their versions. */
    readonly libraries: Readonly<Record<string, string>>;
    /** The GPU; absent on the CPU. */
    readonly gpu?: GpuRecord;
  };
}

/** The program that runs. */
export function toolRecord(): ToolRecord {
  return { name: "stackbench", ...toolFacts() };
}

/** The machine: the same in every run on it. */
export function environmentRecord({ name, device }: RecordedBackend): EnvironmentRecord {
  const { model, generation, cores } = cpuFacts();
  const { kind, isa, threads, libraries, gpu } = device;
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    cpu: { model, generation, cores },
    memory: machineMemory()?.total ?? null,
    backend: { name, device: kind, isa, threads, libraries, ...(gpu ? { gpu } : {}) },
  };
}

/**
 * Facts of the moment at which a run starts.
 *
 * @param now that moment
 */
export function startRecord(now: Date = new Date()): Omit<VolatileRecord, "writtenAt"> {
  return {
    startedAt: now.toISOString(),
    loadAverage: loadAverage(),
    memoryAvailable: machineMemory()?.available ?? null,
  };
}
