/**
 * Where the time of one execution goes, step by step.
 *
 * @module
 */

import type { Executable, StepTime } from "../backends/backend.ts";
import type { Cost } from "../graph/op.ts";
import { stepCost } from "../plan/cost.ts";
import type { Plan } from "../plan/plan.ts";
import type {
  GroupRecord,
  PeaksRecord,
  ProfileRecord,
  RatesRecord,
  StepRecord,
} from "../results/mod.ts";
import { median } from "../statistics/summary.ts";
import { randomBindings, timeOne } from "./network.ts";
import type { Clock, Repetitions } from "./timer.ts";

/** Whole runs and calls that time every step, made in turn so that both meet the same machine. */
export interface ProfiledRuns {
  /** Seconds of each whole run. */
  readonly runs: readonly number[];
  /** Seconds of each step, a list for each call. */
  readonly calls: readonly (readonly StepTime[])[];
}

/** Runs an executable on one random input in [0, 1), as a whole and step by step in turn. */
export async function profileNetwork(
  executable: Executable,
  seed: number,
  { warmup, repeats }: Repetitions,
  onRun: (index: number) => void | Promise<void> = () => {},
  clock?: Clock,
): Promise<ProfiledRuns> {
  const { inputs, outputs } = randomBindings(executable, seed);
  const runs: number[] = [];
  const calls: StepTime[][] = [];
  for (let i = -warmup; i < repeats; i++) {
    const seconds = timeOne(executable, inputs, outputs, clock);
    const steps = executable.profile(inputs, outputs);
    if (i >= 0) {
      runs.push(seconds);
      calls.push(steps);
    }
    await onRun(i);
  }
  return { runs, calls };
}

/**
 * Medians of every step against the roofs.
 *
 * @param plan what ran, a step for each that was timed
 * @param elementBytes bytes of an element in the precision that it ran in
 */
export function profileRecord(
  plan: Plan,
  { runs, calls }: ProfiledRuns,
  peaks: PeaksRecord,
  elementBytes: number,
): ProfileRecord {
  const steps = plan.steps.map((step, i): StepRecord => {
    const times = calls.map((call) => call[i]);
    if (times.some(({ name, op }) => name !== step.name || op !== step.op)) {
      throw new TypeError(`step ${i} of the plan is ${step.name}, that of the profile is not`);
    }
    const work = stepCost(plan, step, elementBytes);
    const { compute, memory } = secondsAtRoofs(work, peaks);
    return {
      name: step.name,
      op: step.op,
      fused: step.epilogue.map(({ op }) => op),
      implementation: times[0].implementation,
      bound: compute > memory ? "compute" : "memory",
      ...together([{ ...work, seconds: median(times.map(({ seconds }) => seconds)) }], peaks),
    };
  });
  const total = together(steps, peaks);
  const runSeconds = median(runs);
  return {
    calls: calls.length,
    peaks,
    steps,
    groups: groupsOf(steps, peaks),
    total,
    runSeconds,
    overheadSeconds: runSeconds - total.seconds,
  };
}

/** Seconds that work takes where nothing but one roof holds it back. */
function secondsAtRoofs({ flops, bytes }: Cost, { gflopPerSecond, gbPerSecond }: PeaksRecord) {
  return { compute: flops / gflopPerSecond / 1e9, memory: bytes / gbPerSecond / 1e9 };
}

/** Steps as one, each held back by its own lower roof. */
function together(
  steps: readonly (Cost & { readonly seconds: number })[],
  peaks: PeaksRecord,
): RatesRecord {
  let [seconds, flops, bytes, least] = [0, 0, 0, 0];
  for (const step of steps) {
    seconds += step.seconds;
    flops += step.flops;
    bytes += step.bytes;
    const { compute, memory } = secondsAtRoofs(step, peaks);
    least += Math.max(compute, memory);
  }
  const rate = (amount: number) => seconds > 0 ? amount / seconds : null;
  return {
    seconds,
    flops,
    bytes,
    gflopPerSecond: rate(flops / 1e9),
    gbPerSecond: rate(bytes / 1e9),
    share: rate(least),
  };
}

function groupsOf(steps: readonly StepRecord[], peaks: PeaksRecord): GroupRecord[] {
  return [...Map.groupBy(steps, ({ op }) => op)]
    .map(([op, members]) => ({ op, steps: members.length, ...together(members, peaks) }))
    .sort((a, b) => b.seconds - a.seconds);
}
