/**
 * The list of backends, and how one is chosen.
 *
 * @module
 */

import { InputError, MissingError } from "../base/errors.ts";
import { elements } from "../base/shapes.ts";
import type { Graph } from "../graph/graph.ts";
import { checked, type WeightSource } from "../graph/weights.ts";
import { makePlan, type Plan, type Planning } from "../plan/mod.ts";
import { machineMemory } from "../platform/memory.ts";
import type { Backend, BackendFactory, BackendName, Executable, Precision } from "./backend.ts";
import { cudnn } from "./cudnn/mod.ts";
import { onednn } from "./onednn/mod.ts";
import type { PassPrediction } from "./prediction.ts";
import { reference } from "./reference/mod.ts";

export type * from "./backend.ts";
export type * from "./learning.ts";
export type * from "./passes.ts";
export type * from "./prediction.ts";
export type * from "./resident.ts";
export type * from "./scan.ts";

/** All backends, the preferred first. */
export const BACKENDS: readonly BackendFactory[] = [cudnn, onednn, reference];

/** A chosen backend and why it was chosen. */
export interface Choice {
  /** The backend. */
  readonly factory: BackendFactory;
  /** Why, in one sentence. */
  readonly reason: string;
}

/**
 * The backend of a name; `auto` takes the first that is available.
 *
 * @throws InputError for a name that is not in the list; MissingError where a native library is not
 *   what `setup` fetched
 */
export function chooseBackend(name: BackendName | "auto"): Choice {
  if (name !== "auto") {
    const factory = BACKENDS.find((candidate) => candidate.name === name);
    if (factory) return { factory, reason: "it was asked for" };
    throw new InputError(`there is no backend ${name}`, {
      advice: `choose one of auto, ${BACKENDS.map((candidate) => candidate.name).join(", ")}`,
    });
  }
  const passed: string[] = [];
  for (const factory of BACKENDS) {
    const probe = factory.probe();
    // to compute elsewhere instead would hide it
    if (probe.changed) throw new MissingError(probe.detail, { advice: probe.advice });
    if (probe.available && !probe.emulated) {
      const without = passed.length ? `; ${passed.join("; ")}` : "";
      return { factory, reason: `${probe.detail}${without}` };
    }
    const why = probe.emulated ? "is a double here, which must be asked for" : "is not available";
    passed.push(`${factory.name} ${why}: ${probe.detail}`);
  }
  throw new InputError(`no backend is available: ${passed.join("; ")}`);
}

/**
 * A prediction of a pass on a device that need not be there, by the backend that knows it.
 *
 * @param planFor a plan of the pass for what a planner must know
 * @throws InputError for a device that no backend knows, or a precision that it does not have
 */
export function predictPass(
  planFor: (planning: Planning) => Plan,
  precision: Precision,
  device: string,
): PassPrediction {
  const known = BACKENDS.flatMap(({ predictable = [] }) => predictable);
  for (const { predict, predictable, planning } of BACKENDS) {
    if (!predict || !planning || !predictable?.includes(device)) continue;
    return predict(planFor(planning), precision, device);
  }
  throw new InputError(`there is no prediction for ${device}`, {
    advice: `choose one of ${known.join(", ")}`,
  });
}

/**
 * Opens the backend of a name (default: `auto`, the first that is available).
 *
 * @throws InputError for a name that is not in the list; MissingError when this machine lacks
 *   something, with the command that gets it
 */
export function openBackend(name: BackendName | "auto" = "auto"): Backend {
  return chooseBackend(name).factory.open();
}

/**
 * Plans a graph for a backend and makes it executable.
 *
 * @throws MissingError when the backend cannot run it here, or there is too little memory for it;
 *   InputError for weights that cannot be right
 */
export function compile(
  backend: Backend,
  graph: Graph,
  weights: WeightSource,
  precision: Precision = "fp32",
): Executable {
  const plan = makePlan(graph, backend.planning);
  if (backend.device.kind === "cpu") requireMemory(plan, machineMemory()?.available);
  return backend.lower(plan, checked(weights), precision);
}

/** Bytes of an element in the arena, at most; those of bf16 and fp64 differ by a factor of two. */
const ELEMENT = 4;

/**
 * Refuses a plan that does not fit into memory, before anything is allocated: a container that runs
 * out of memory is ended without a word.
 *
 * @param available bytes that may be taken; undefined where that is not known
 * @throws MissingError with what is needed and what is there
 */
function requireMemory({ name, arena, parameters, values }: Plan, available = Infinity): void {
  const weights = parameters.reduce((sum, { value }) => sum + elements(values[value].shape), 0);
  const needed = ((arena?.elements ?? 0) + weights) * ELEMENT;
  if (needed <= available) return;
  const giga = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new MissingError(
    `${name} needs at least ${giga(needed)} of memory, and ${giga(available)} are free here`,
    { advice: "choose a smaller input, batch or model, or give the container more memory" },
  );
}
