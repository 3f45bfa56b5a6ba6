/**
 * Making a plan's execution plans for GPUs that are not there: the real library says which engines
 * it would take, and finalises their plans, without computing anything.
 *
 * @module
 */

import type { Plan, Step } from "../../plan/plan.ts";
import {
  type Arithmetic,
  type GraphOp,
  type GraphStep,
  type Proposal,
  proposals,
  readyWays,
} from "./graph_api/convolution_graphs.ts";
import { type Engines, type ExecutionPlan, GENERIC_ENGINE } from "./graph_api/engines.ts";
import { describeGraph, type OperationGraph } from "./graph_api/operation_graph.ts";

/**
 * Properties of GPUs as cuDNN reads them, by compute capability. Numbers that plans depend on are
 * those of NVIDIA's data sheets and occupancy tables: T4, A100 40 GB, H200.
 */
export const GPU_PROPERTIES: Readonly<Record<"sm_75" | "sm_80" | "sm_90", string>> = {
  sm_75: properties({
    deviceVer: 750,
    deviceName: "Tesla T4",
    totalGlobalMem: 15843721216,
    multiProcessorCount: 40,
    maxSharedMemoryPerBlockOptin: 65536,
    reservedSharedMemoryPerBlock: 0,
    maxCtasPerSM: 16,
    maxThreadsPerSM: 1024,
    smClockRateKHz: 1590000,
    memClockRateKHz: 5001000,
    l2CacheSize: 4194304,
  }),
  sm_80: properties({
    deviceVer: 800,
    deviceName: "NVIDIA A100",
    totalGlobalMem: 42505273344,
    multiProcessorCount: 108,
    maxSharedMemoryPerBlockOptin: 166912,
    reservedSharedMemoryPerBlock: 1024,
    maxCtasPerSM: 32,
    maxThreadsPerSM: 2048,
    smClockRateKHz: 1410000,
    memClockRateKHz: 1215000,
    l2CacheSize: 41943040,
  }),
  sm_90: properties({
    deviceVer: 900,
    deviceName: "NVIDIA H200",
    totalGlobalMem: 150754820096,
    multiProcessorCount: 132,
    maxSharedMemoryPerBlockOptin: 232448,
    reservedSharedMemoryPerBlock: 1024,
    maxCtasPerSM: 32,
    maxThreadsPerSM: 2048,
    smClockRateKHz: 1980000,
    memClockRateKHz: 3201000,
    l2CacheSize: 62914560,
  }),
};

/** With what all of them have in common. */
function properties(own: Readonly<Record<string, number | string>>): string {
  return JSON.stringify({
    driverVer: 13000,
    cudaDeviceId: 0,
    maxGridSize: [2147483647, 65535, 65535],
    maxBlockSize: [1024, 1024, 64],
    regsPerBlock: 65536,
    smCountOrigin: 0,
    warpSize: 32,
    maxSharedMemoryPerBlock: 49152,
    maxRegistersPerSM: 65536,
    maxThreadsPerBlock: 1024,
    pciDeviceId: 0,
    isTccDriver: 0,
    supportCoopLaunch: 1,
    ...own,
  });
}

/** What runs a step. */
export interface Assignment {
  /** Name of the step. */
  readonly name: string;
  readonly op: GraphOp;
  /** Whether an engine is ready, is compiled, or there is none and a kernel of ours runs. */
  readonly by: "ready engine" | "compiled engine" | "own kernel";
  /** The engine and its graph; the bare graph where there is none. */
  readonly graph: string;
  /** The library's number of the engine; null where there is none. */
  readonly engine: number | null;
  /** Other engines that are ready for the step, in all its graphs, each once. */
  readonly others: readonly number[];
  /** Whether only the generic engine serves the graph, though another graph has a better one. */
  readonly wasted: boolean;
  /** Bytes of scratch space. */
  readonly workspace: number;
}

const GRAPH_OPS: Readonly<Record<GraphOp, true>> = {
  conv: true,
  deconv: true,
  linear: true,
  conv_backward_data: true,
  conv_backward_weights: true,
  max_pool: true,
};

function isGraphStep(step: Step): step is GraphStep {
  return step.op in GRAPH_OPS;
}

/** The graphs that are asked for, those of each step in the order of preference. */
export function graphsOf(plan: Plan, arithmetic: Arithmetic): readonly Proposal[][] {
  return plan.steps.filter(isGraphStep)
    .map((step) => proposals(step, (id) => plan.values[id].shape, arithmetic));
}

/**
 * What would run every step of a plan that is an operation graph.
 *
 * cuDNN decides once for a process whether there is tf32, by the first GPU that it is asked for:
 * GPUs of which only some have it want a process each.
 *
 * @param engines for a GPU of given properties
 * @throws NativeError when the library refuses a graph as wrong
 */
export function assignEngines(
  engines: Engines,
  plan: Plan,
  arithmetic: Arithmetic,
): Assignment[] {
  return plan.steps.filter(isGraphStep).map((step) => {
    const all = proposals(step, (id) => plan.values[id].shape, arithmetic);
    const { name, op } = step;
    const { ways: worth, spare } = readyWays(engines, all, name);
    const ways = [...worth, ...spare];
    const numbers = new Set(worth.map(({ engine: { engine } }) => engine));
    const assign = (by: Assignment["by"], made: ExecutionPlan, graph: OperationGraph) => {
      const own = ways.filter(({ proposal }) => proposal.graph === graph);
      const generic = own.every(({ engine: { engine } }) => engine === GENERIC_ENGINE);
      const { engine, workspace, name: text } = made;
      const others = [...numbers].filter((number) => number !== engine);
      const wasted = by === "ready engine" && generic && others.length > 0;
      return { name, op, by, graph: text, engine, others, wasted, workspace };
    };
    for (const { proposal: { graph }, engine } of ways) {
      const made = engine.plan();
      if (made) return assign("ready engine", made, graph);
    }
    const bare = all[all.length - 1].graph;
    const made = engines.compiled(bare, name);
    if (made) return assign("compiled engine", made, bare);
    const nothing = { engine: null, others: [], wasted: false, workspace: 0 };
    return { name, op, by: "own kernel", graph: describeGraph(bare), ...nothing };
  });
}
