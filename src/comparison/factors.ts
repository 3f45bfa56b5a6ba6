/**
 * What may differ between results, and what else does.
 *
 * @module
 */

import { canonicalJson } from "../base/hashing.ts";
import {
  type EnvironmentDifference,
  type EnvironmentRecord,
  type Factor,
  processorText,
  type RunResult,
} from "../results/mod.ts";

/** The factors that a whole result has one value of. */
export type WholeFactor = Exclude<Factor, "model">;

/** What tables say of the value of a factor, and what tells two values apart. */
export const WHOLE_FACTORS: {
  readonly [F in WholeFactor]: {
    /** In words. */
    value(result: RunResult): string;
    /** All that makes it another value. */
    identity(result: RunResult): unknown;
  };
} = {
  backend: {
    value: ({ environment: { backend } }) => backend.name,
    identity: ({ environment: { backend } }) => backend.name,
  },
  precision: {
    value: ({ suite }) => suite.precision,
    identity: ({ suite }) => suite.precision,
  },
  commit: {
    value: ({ tool }) => `${tool.version} ${shortCommit(tool.commit)}`,
    identity: ({ tool }) => [tool.version, tool.commit],
  },
  machine: {
    value: ({ environment }) => machineText(environment),
    identity: ({ environment }) => machineIdentity(environment),
  },
};

/** A commit in ten digits, with what says that files differed. */
function shortCommit(commit: string | null): string {
  if (commit === null) return "unknown";
  const [hash, ...marks] = commit.split("-");
  return [hash.slice(0, 10), ...marks].join("-");
}

function machineText({ cpu, backend: { device, gpu, threads, isa } }: EnvironmentRecord): string {
  if (device === "gpu") return gpu?.name ?? "an unknown GPU";
  const facts = [`${threads} of ${cpu.cores} cores`, ...(isa ? [isa] : [])];
  return `${processorText(cpu)}, ${facts.join(", ")}`;
}

/** What makes times of another machine; versions of programs do not. */
function machineIdentity({ os, arch, cpu, backend }: EnvironmentRecord): unknown {
  const { device, gpu, threads, isa } = backend;
  // the reference backend tells no instruction set, and runs on the same machine
  return [os, arch, processorText(cpu), cpu.cores, device, gpu?.name ?? null, threads, isa];
}

/** The factors in which results differ. */
export function differingFactors(results: readonly RunResult[]): WholeFactor[] {
  return (Object.keys(WHOLE_FACTORS) as WholeFactor[]).filter((factor) => {
    const values = results.map((result) => canonicalJson(WHOLE_FACTORS[factor].identity(result)));
    return new Set(values).size > 1;
  });
}

/** What a reader should see first: every fact of the environment that is not the same. */
export function environmentDifferences(results: readonly RunResult[]): EnvironmentDifference[] {
  const facts: Readonly<Record<string, (result: RunResult) => unknown>> = {
    "program": ({ tool }) => `${tool.version} ${shortCommit(tool.commit)}`,
    "backend": ({ environment }) => environment.backend.name,
    "precision": ({ suite }) => suite.precision,
    "processor": ({ environment }) => processorText(environment.cpu),
    "cores": ({ environment }) => environment.cpu.cores,
    "threads": ({ environment }) => environment.backend.threads,
    "instruction set": ({ environment }) => environment.backend.isa ?? "unknown",
    "GPU": ({ environment }) => environment.backend.gpu?.name ?? "none",
    "memory, GiB": ({ environment: { memory } }) =>
      memory === null ? "unknown" : (memory / 2 ** 30).toFixed(1),
    "system": ({ environment }) => `${environment.os} ${environment.arch}`,
    "Deno": ({ environment }) => environment.deno,
    "libraries": ({ environment: { backend: { libraries } } }) =>
      Object.entries(libraries).map(([name, version]) => `${name} ${version}`).join(", ") || "none",
    "load at the start": ({ volatile }) => volatile.loadAverage?.toFixed(1) ?? "unknown",
  };
  return Object.entries(facts).map(([what, of]) => ({
    what,
    values: results.map((result) => String(of(result))),
  })).filter(({ values }) => new Set(values).size > 1);
}
