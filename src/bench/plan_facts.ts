/**
 * What is known of a model before it runs: its plan, what runs each step, work and memory. The same
 * in every run of the same program on the same machine.
 *
 * @module
 */

import type { Backend, Executable } from "../backends/mod.ts";
import { formatShape } from "../base/shapes.ts";
import { graphHash, trainableParameters } from "../graph/graph.ts";
import { weightsHash } from "../graph/weights.ts";
import { stepCost } from "../plan/cost.ts";
import { makePlan } from "../plan/mod.ts";
import type { PreparedModel } from "../segmentation/mod.ts";

/** One step of a plan, as it runs. */
export interface StepFacts {
  /** Name of its node. */
  readonly name: string;
  /** Which op, then the ops that are fused into it. */
  readonly ops: readonly string[];
  /** Shape of its output, such as `1x8x32x64x64`. */
  readonly output: string;
  /** What runs it, as the library names it; copies into other layouts are among it. */
  readonly implementation: string;
  /** Floating-point operations. */
  readonly flops: number;
  /** Bytes that must pass between it and memory, at least. */
  readonly bytes: number;
}

/** A model before it runs. */
export interface PlanFacts {
  /** Hash of the graph. */
  readonly graphHash: string;
  /** SHA-256 of weights from a file; null where they are drawn. */
  readonly weightsSha256: string | null;
  /** Trainable parameters. */
  readonly parameters: number;
  /** Its steps in order. */
  readonly steps: readonly StepFacts[];
  /** Memory of activations, packed weights and scratch space, in bytes. */
  readonly memory: Executable["memory"];
  /** Threads that it computes with. */
  readonly threads: number;
  /** Native libraries and their versions. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** Bytes of an element: costs are compared, and so counted in single precision everywhere. */
const ELEMENT = 4;

/** The facts of a model that was made executable on a backend. */
export function planFacts(
  { model, weights, weightsFrom }: PreparedModel,
  { steps: lowered, memory }: Pick<Executable, "steps" | "memory">,
  { planning, device }: Pick<Backend, "planning" | "device">,
): PlanFacts {
  const plan = makePlan(model.graph, planning);
  return {
    graphHash: graphHash(model.graph),
    weightsSha256: weightsFrom === "file" ? weightsHash(model.graph, weights) : null,
    parameters: trainableParameters(model.graph),
    steps: plan.steps.map((step, i) => ({
      name: step.name,
      ops: [step.op, ...step.epilogue.map(({ op }) => op)],
      output: formatShape(plan.values[step.output].shape),
      implementation: lowered[i].implementation,
      ...stepCost(plan, step, ELEMENT),
    })),
    memory,
    threads: device.threads,
    libraries: device.libraries,
  };
}
