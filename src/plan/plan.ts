/**
 * A plan: a graph made ready to run. Ops are folded and fused, and every value has its place in
 * one arena. Plain data, printable and JSON-able; passes are pure functions plan -> plan.
 *
 * Physical layout is channels-last, N, (D,) H, W, C, on every backend.
 *
 * @module
 */

import { formatShape } from "../base/shapes.ts";
import { type Graph, graphHash, type NodeOf, type Value, type ValueId } from "../graph/graph.ts";
import type { OpAttributes, OpName } from "../graph/ops/mod.ts";

/** Ops that can follow another one in the same pass over memory: they act on each element. */
export const POINTWISE = [
  "add",
  "elu",
  "leaky_relu",
  "mul",
  "prelu",
  "relu",
  "scale_shift",
  "sigmoid",
] as const satisfies readonly OpName[];

/** Name of a pointwise op. */
export type PointwiseName = typeof POINTWISE[number];

/** A pointwise op applied to the result of a step before it is stored. */
export type FusedOp = { readonly [K in PointwiseName]: FusedOpOf<K> }[PointwiseName];

/** A fused op that is `K`. */
export interface FusedOpOf<K extends PointwiseName> {
  /** Name of its node in the graph. */
  readonly name: string;
  /** Which op. */
  readonly op: K;
  /** Its attributes. */
  readonly attributes: OpAttributes[K];
  /** What it reads besides the running value, which takes the place of its first input. */
  readonly operands: readonly ValueId[];
}

/** One call of a kernel. */
export type Step = { readonly [K in OpName]: StepOf<K> }[OpName];

/** A step whose op is `K`. */
export interface StepOf<K extends OpName> extends NodeOf<K> {
  /** Pointwise ops applied in order before the output is stored. */
  readonly epilogue: readonly FusedOp[];
  /** One of the values that it reads which no step makes; absent where steps make them all. */
  readonly joined?: JoinedChannels;
  /** Another of them, likewise. */
  readonly padded?: PaddedVoxels;
}

/** A value that is the channels of two others, one after the other, and has no place of its own. */
export interface JoinedChannels {
  /** The value. */
  readonly whole: ValueId;
  /** What it is made of. */
  readonly parts: readonly [ValueId, ValueId];
}

/** A value that is another with zeros around its voxels, and has no place of its own. */
export interface PaddedVoxels {
  /** The value. */
  readonly whole: ValueId;
  /** What is inside it. */
  readonly part: ValueId;
  /** Voxels before it, an entry a spatial axis. */
  readonly before: readonly number[];
}

/** How the tensor of a parameter comes from the model's weights, all by name. */
export type Derivation =
  /** As it is. */
  | { readonly kind: "given"; readonly name: string }
  /** weight * gamma / sqrt(variance + epsilon) along its output axis. */
  | ({ readonly kind: "scaled"; readonly weight: string; readonly axis: number } & Statistics)
  /** gamma / sqrt(variance + epsilon). */
  | ({ readonly kind: "norm_scale" } & Statistics)
  /** beta + (bias - mean) * gamma / sqrt(variance + epsilon). */
  | (
    & {
      readonly kind: "norm_shift";
      readonly beta: string;
      readonly mean: string;
      readonly bias: string | null;
    }
    & Statistics
  );

/** What scales a batch norm. */
export interface Statistics {
  /** Name of gamma. */
  readonly gamma: string;
  /** Name of the running variance. */
  readonly variance: string;
  /** Added to the variance. */
  readonly epsilon: number;
}

/** A parameter of a plan. */
export interface PlanParameter {
  /** The value that holds it. */
  readonly value: ValueId;
  /** How it is made. */
  readonly derivation: Derivation;
}

/** Where values live: one block of memory, in elements so that it fits every precision. */
export interface Arena {
  /** Elements in all. */
  readonly elements: number;
  /** First element of each value; null for parameters and for values that are not used. */
  readonly offsets: readonly (number | null)[];
}

/** A graph made ready to run. */
export interface Plan {
  /** Name of the model. */
  readonly name: string;
  /** Hash of the graph it came from. */
  readonly graphHash: string;
  /** Every value, by id. */
  readonly values: readonly Value[];
  /** Ids of the inputs. */
  readonly inputs: readonly ValueId[];
  /** Ids of the outputs. */
  readonly outputs: readonly ValueId[];
  /** Parameters that steps read. */
  readonly parameters: readonly PlanParameter[];
  /** Steps in order. */
  readonly steps: readonly Step[];
  /** Places of the values; null before memory is planned. */
  readonly arena: Arena | null;
}

/** A plan that does exactly what the graph says, one step a node. */
export function planOf(graph: Graph): Plan {
  return {
    name: graph.name,
    graphHash: graphHash(graph),
    values: graph.values,
    inputs: graph.inputs,
    outputs: graph.outputs,
    parameters: graph.parameters.map(({ value }) => ({
      value,
      derivation: { kind: "given", name: graph.values[value].name },
    })),
    steps: graph.nodes.map((node) => ({ ...node, epilogue: [] })),
    arena: null,
  };
}

/** Every value that a step reads; of one that is made of others as it is read, these. */
export function reads({ inputs, epilogue, joined, padded }: Step): ValueId[] {
  const all = [...inputs, ...epilogue.flatMap(({ operands }) => operands)];
  return all.flatMap((id) => {
    if (id === joined?.whole) return joined.parts;
    return id === padded?.whole ? [padded.part] : [id];
  });
}

/** How often each value is read, by steps and as an output of the plan. */
export function countUses(plan: Plan): number[] {
  const uses = new Array<number>(plan.values.length).fill(0);
  for (const step of plan.steps) for (const id of reads(step)) uses[id]++;
  for (const id of plan.outputs) uses[id]++;
  return uses;
}

/** A plan as readable text, one step a line. */
export function printPlan(plan: Plan): string {
  const label = (id: ValueId) => plan.values[id].name;
  const place = (id: ValueId) => plan.arena ? `@${plan.arena.offsets[id]}` : "";
  const lines = plan.steps.map((step) => {
    const fused = step.epilogue.map(({ op, operands }) =>
      ` ; ${op}${operands.length ? `(${operands.map(label).join(", ")})` : ""}`
    ).join("");
    const shape = formatShape(plan.values[step.output].shape);
    const { joined, padded } = step;
    const parts = [
      joined ? ` ; ${label(joined.whole)} = ${joined.parts.map(label).join(" beside ")}` : "",
      padded ? ` ; ${label(padded.whole)} = ${label(padded.part)} between zeros` : "",
    ].join("");
    return `  ${label(step.output)}${place(step.output)}: ${shape} = ` +
      `${step.op}(${step.inputs.map(label).join(", ")})${fused}${parts}`;
  });
  const size = plan.arena ? `, arena of ${plan.arena.elements} elements` : "";
  return [
    `plan ${plan.name}: ${plan.steps.length} steps${size}`,
    ...lines,
    `  -> ${plan.outputs.map(label).join(", ")}`,
    "",
  ].join("\n");
}
