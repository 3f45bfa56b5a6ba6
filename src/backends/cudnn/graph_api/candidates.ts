/**
 * Engine configurations that the library proposes for a graph: which may be taken, and in what order
 * they are worth a trial.
 *
 * @module
 */

import {
  ATTRIBUTE,
  CALLS_CUBLAS,
  COMPILES_AT_RUN_TIME,
  HEURISTIC,
  NUMERICAL_NOTE,
  SUCCESS,
} from "./constants.ts";
import { Descriptor } from "./descriptors.ts";
import type { Cudnn } from "./library.ts";
import type { OperationGraph } from "./operation_graph.ts";

/** An engine configuration with what is known of its engine. */
export interface Candidate {
  /** The library's descriptor. */
  readonly configuration: Descriptor;
  /** The library's number of the engine. */
  readonly engine: number;
  /** The engine and which of its configurations this is, such as `44/2`. */
  readonly label: string;
  /** What the library says of its numbers. */
  readonly numericalNotes: readonly number[];
  /** What the library says of what it does besides. */
  readonly behaviorNotes: readonly number[];
}

/** Candidates of a graph that are tried at most. */
const MOST_TRIED = 24;

/**
 * Notes of engines that are never taken: factors of another type than was asked for (tf32 is not
 * noted so), sums in less than single precision, and sums whose order changes from run to run.
 */
const RULED_OUT: ReadonlySet<number> = new Set([
  NUMERICAL_NOTE.downConverts,
  NUMERICAL_NOTE.reducedPrecisionReduction,
  NUMERICAL_NOTE.fft,
  NUMERICAL_NOTE.nondeterministic,
]);

/** Whether a candidate's numbers are those that were asked for, and it needs no other library. */
export function isAllowed(
  { numericalNotes, behaviorNotes }: Pick<Candidate, "numericalNotes" | "behaviorNotes">,
  { tensorCores }: Pick<OperationGraph, "tensorCores">,
): boolean {
  if (numericalNotes.some((note) => RULED_OUT.has(note))) return false;
  // which read factors of single precision with 10 bits behind the first
  if (!tensorCores && numericalNotes.includes(NUMERICAL_NOTE.tensorCore)) return false;
  // another library of half a gigabyte, without which cuDNN ends the process
  return !behaviorNotes.includes(CALLS_CUBLAS);
}

/** Whether the library has a candidate ready; others it compiles, which takes a second each. */
export function isReady({ behaviorNotes }: Pick<Candidate, "behaviorNotes">): boolean {
  return !behaviorNotes.includes(COMPILES_AT_RUN_TIME);
}

/**
 * Candidates in the order in which they are worth a trial, as many as are: the library names six
 * tiles of one engine before it names another one, so each engine comes once before any comes twice.
 *
 * @example
 * ```ts
 * import { orderOfTrial } from "./candidates.ts";
 * import assert from "node:assert/strict";
 * const named = [41, 41, 41, 10, 41, 0].map((engine) => ({ engine }));
 * assert.deepEqual(orderOfTrial(named).map(({ engine }) => engine), [41, 10, 0, 41, 41, 41]);
 * ```
 */
export function orderOfTrial<T extends Pick<Candidate, "engine">>(named: readonly T[]): T[] {
  const seen = new Set<number>();
  const firsts = named.filter(({ engine }) => !seen.has(engine) && seen.add(engine));
  return [...firsts, ...named.filter((one) => !firsts.includes(one))].slice(0, MOST_TRIED);
}

/**
 * Everything that the library proposes, those that it thinks the best first.
 *
 * @param properties of a device that is not there; null for one that is
 * @param owned takes over the descriptors
 */
export function candidatesOf(
  cudnn: Cudnn,
  graph: Descriptor,
  properties: Descriptor | null,
  owned: DisposableStack,
  context: string,
): Candidate[] {
  const counts = new Map<number, number>();
  return [HEURISTIC.best, HEURISTIC.fallback]
    .flatMap((mode) => configurationsOf(cudnn, graph, mode, properties, owned, context))
    .map((configuration) => {
      const engine = owned.use(new Descriptor(cudnn, "engine", context));
      configuration.fill(ATTRIBUTE.engineConfiguration.engine, [engine]);
      const index = engine.integer(ATTRIBUTE.engine.index);
      const count = counts.get(index) ?? 0;
      counts.set(index, count + 1);
      return {
        configuration,
        engine: index,
        label: `${index}/${count}`,
        numericalNotes: engine.notes(ATTRIBUTE.engine.numericalNotes, "numericalNote"),
        behaviorNotes: engine.notes(ATTRIBUTE.engine.behaviorNotes, "behaviorNote"),
      };
    });
}

/** Engine configurations of one way to guess, those that it thinks the best first. */
function configurationsOf(
  cudnn: Cudnn,
  graph: Descriptor,
  mode: number,
  properties: Descriptor | null,
  owned: DisposableStack,
  context: string,
): Descriptor[] {
  const { heuristics: names } = ATTRIBUTE;
  const heuristics = owned.use(new Descriptor(cudnn, "heuristics", context))
    .descriptors(names.graph, [graph])
    .choice(names.mode, "heuristicMode", mode);
  if (properties) heuristics.descriptors(names.deviceProperties, [properties]);
  // a graph that no engine knows is refused here
  if (heuristics.tryFinalize() !== SUCCESS) return [];
  const count = heuristics.count(names.results, "descriptor");
  const configurations = Array.from(
    { length: count },
    () => owned.use(new Descriptor(cudnn, "engineConfiguration", context)),
  );
  return configurations.slice(0, count > 0 ? heuristics.fill(names.results, configurations) : 0);
}
