/**
 * What works on this machine, and the one command that gets what does not.
 *
 * @module
 */

import { alignColumns } from "../base/text_table.ts";
import { cpuFacts } from "./cpu.ts";
import { hasSystemLibrary, installCommand } from "./dependencies.ts";
import { LIBRARIES, type LibraryKey, searchLibrary } from "./libraries.ts";
import { machineMemory } from "./memory.ts";
import { toolFacts } from "./tool.ts";

/** What the probe of a backend says; given by the caller. */
export interface BackendState {
  /** Its name on the command line. */
  readonly name: string;
  /** Whether it can be opened. */
  readonly available: boolean;
  /** What was found, or what is missing. */
  readonly detail: string;
  /** The command that would make it available. */
  readonly advice?: string;
  /** Whether only some machines can have it, so that it is not missed on others. */
  readonly optional?: boolean;
}

/** One thing that was looked at. */
export interface DoctorCheck {
  /** What, in a word or two. */
  readonly name: string;
  /** `ok`; `missing`: something does not work without it; `note`: it works, but know this. */
  readonly state: "ok" | "missing" | "note";
  /** What was found. */
  readonly detail: string;
  /** What helps; null where nothing is needed. */
  readonly advice: string | null;
}

/** All that was looked at. */
export interface DoctorReport {
  /** Whether nothing is missing. */
  readonly healthy: boolean;
  /** The checks, the machine first, then libraries and backends. */
  readonly checks: readonly DoctorCheck[];
}

/** Memory below which the full-size models do not run, in bytes. */
const ENOUGH_MEMORY = 4 * 2 ** 30;

/** Looks at this machine; never throws and opens nothing but the loader's own libraries. */
export function doctorReport(backends: readonly BackendState[]): DoctorReport {
  const checks = [
    tool(),
    system(),
    processor(),
    memory(),
    ...(Object.keys(LIBRARIES) as LibraryKey[]).map(library),
    openMp(),
    ...backends.map(backend),
  ];
  return { healthy: checks.every(({ state }) => state !== "missing"), checks };
}

/**
 * A report as text: a line a check, and under it what helps.
 *
 * @example
 * ```ts
 * import { formatDoctorReport } from "./doctor.ts";
 * import assert from "node:assert/strict";
 * const check = { name: "oneDNN", state: "missing", detail: "not found", advice: "set it up" } as const;
 * assert.equal(
 *   formatDoctorReport({ healthy: false, checks: [check] }),
 *   "missing  oneDNN  not found\n         -> set it up\n",
 * );
 * ```
 */
export function formatDoctorReport({ checks }: DoctorReport): string {
  const lines = alignColumns(checks.map(({ state, name, detail }) => [state, name, detail]))
    .trimEnd().split("\n");
  const indent = " ".repeat(Math.max(...checks.map(({ state }) => state.length)) + 2);
  return checks.map(({ advice }, i) =>
    `${lines[i]}\n${advice === null ? "" : `${indent}-> ${advice}\n`}`
  ).join("");
}

function fact(name: string, detail: string): DoctorCheck {
  return { name, state: "ok", detail, advice: null };
}

function tool(): DoctorCheck {
  const { version, commit } = toolFacts();
  return fact("stackbench", `${version}, commit ${commit ?? "unknown"}`);
}

function system(): DoctorCheck {
  const { os, arch } = Deno.build;
  return fact("system", `${os} ${arch}, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`);
}

function processor(): DoctorCheck {
  const { model, generation, cores, machineCores, instructionSets } = cpuFacts();
  const of = machineCores !== null && machineCores !== cores ? ` of ${machineCores}` : "";
  const sets = instructionSets === null
    ? "instruction sets unknown"
    : instructionSets.join(" ") || "no vector instructions that are known here";
  const name = [model ?? "model unknown", ...(generation ? [generation] : [])].join(", ");
  return fact("processor", `${name}, ${cores}${of} cores, ${sets}`);
}

function memory(): DoctorCheck {
  const found = machineMemory();
  if (!found) return fact("memory", "unknown");
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const detail = `${gibibytes(found.available)} free of ${gibibytes(found.total)}`;
  if (found.available >= ENOUGH_MEMORY) return fact("memory", detail);
  return {
    name: "memory",
    state: "note",
    detail,
    advice: "the full-size models want 4 GiB: close other programs, or run the small ones",
  };
}

function library(key: LibraryKey): DoctorCheck {
  const { name, advice, gpu } = LIBRARIES[key];
  const { found, problem } = searchLibrary(key);
  if (found) return fact(name, `${found.path} (${found.where})`);
  if (!gpu) return { name, state: "missing", detail: problem, advice };
  return { name, state: "note", detail: `${problem}; only an NVIDIA GPU needs it`, advice };
}

/** oneDNN's threads: the one library that slim systems lack. */
function openMp(): DoctorCheck {
  const present = hasSystemLibrary("libgomp.so.1");
  if (present !== false) {
    return fact("OpenMP", present ? "libgomp.so.1" : "not looked for on this system");
  }
  return {
    name: "OpenMP",
    state: "missing",
    detail: "libgomp.so.1 was not found; oneDNN needs it",
    advice: installCommand("libgomp.so.1"),
  };
}

function backend({ name, available, detail, advice, optional }: BackendState): DoctorCheck {
  return {
    name: `backend ${name}`,
    state: available ? "ok" : optional ? "note" : "missing",
    detail,
    advice: available ? null : advice ?? null,
  };
}
