/**
 * What the library runs on.
 *
 * @module
 */

import type { DeviceFacts } from "../../backend.ts";
import { ISA_NAMES } from "./constants.ts";
import type { Library } from "./library.ts";

/** Instruction set, threads and version of the library at work. */
export function deviceFacts({ symbols, version }: Library): DeviceFacts {
  const isa = symbols.dnnl_get_effective_cpu_isa();
  const { major, minor, patch, commit } = version;
  const built = commit ? ` (${commit})` : "";
  return {
    kind: "cpu",
    isa: ISA_NAMES[isa] ?? `0x${isa.toString(16)}`,
    threads: symbols.omp_get_max_threads?.() ?? navigator.hardwareConcurrency,
    libraries: { oneDNN: `${major}.${minor}.${patch}${built}` },
  };
}
