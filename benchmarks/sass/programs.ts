/**
 * The programs of the cuDNN backend that models need, those that are written for them among it.
 *
 * @module
 */

import type { DataType } from "../../src/backends/cudnn/cuda/data_type.ts";
import {
  type Generated,
  generatedSource,
  type ProgramName,
  PROGRAMS,
  sourceOf,
  type Variant,
} from "../../src/backends/cudnn/cuda/programs.ts";
import { describedTarget } from "../../src/backends/cudnn/described_target.ts";
import { DEVICE_MODELS } from "../../src/backends/cudnn/device_models.ts";
import { lowerPlan } from "../../src/backends/cudnn/lowering.ts";
import { PLANNING } from "../../src/backends/cudnn/planning.ts";
import { ARITHMETIC } from "../../src/backends/cudnn/precisions.ts";
import type { Precision } from "../../src/backends/backend.ts";
import { type Graph, seededWeights } from "../../src/graph/mod.ts";
import { makePlan } from "../../src/plan/mod.ts";

/** A program for an element type. */
export interface TypedProgram {
  /** Its file, or what it was written for. */
  readonly name: string;
  readonly type: DataType;
  readonly source: string;
}

/** The files of `native/` as programs. */
export function fixedPrograms(types: readonly DataType[]): TypedProgram[] {
  return (Object.keys(PROGRAMS) as ProgramName[]).flatMap((program) =>
    types.map((type) => ({ name: `${program}.cu`, type, source: sourceOf(program, { type }) }))
  );
}

/** What is written for the passes of some graphs, each program once, in the order of first use. */
export function generatedPrograms(
  graphs: readonly Graph[],
  precisions: readonly Precision[],
): TypedProgram[] {
  const found = new Map<string, TypedProgram>();
  for (const graph of graphs) {
    for (const precision of precisions) {
      const arithmetic = ARITHMETIC[precision]!;
      const generated = (program: Generated, variant: Variant) => {
        const { type } = variant;
        const source = generatedSource(program, variant);
        const name = `${program.name}: ${program.about}`;
        if (!found.has(source)) found.set(source, { name, type, source });
      };
      using owned = new DisposableStack();
      const listener = { kernel() {}, generated };
      const target = describedTarget(DEVICE_MODELS.h200, arithmetic, listener);
      const plan = makePlan(graph, PLANNING);
      lowerPlan(target, owned, plan, seededWeights(graph, 1), arithmetic);
    }
  }
  return [...found.values()];
}
