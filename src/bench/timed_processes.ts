/**
 * Models timed in fresh processes, in turn.
 *
 * Repeats inside one process share its memory layout and its minute on the machine: an interval over
 * them is none of the quantity. So each model runs in several processes, every round in another
 * order, and the median of a process is the unit.
 *
 * @module
 */

import { throwIfInterrupted } from "../base/interruption.ts";
import { random } from "../base/random.ts";
import { shuffled } from "../base/shuffled.ts";
import { activityBetween, cpuFacts } from "../platform/mod.ts";
import type { Progress } from "../progress/mod.ts";
import type {
  DeviceStateRecord,
  InferenceTiming,
  Scope,
  TimedProcess,
  TimedSample,
} from "../results/mod.ts";
import { geometricInterval } from "../statistics/student_t.ts";
import { median } from "../statistics/summary.ts";
import { type Clock, monotonic } from "./timer.ts";
import type { TimedFacts, TimedMoment, TimingTarget } from "./timing_session.ts";

/** A model to be timed. */
export interface TimedModel {
  /** Its key in results. */
  readonly key: string;
  /** Makes it ready, in a fresh process where there is one. */
  open(): Promise<TimingTarget>;
  /** The scan of the scopes `case` and `end_to_end`; null where only the network is timed. */
  readonly scan: { readonly slices: number; readonly executions: number } | null;
}

/** How often. */
export interface TimingRounds {
  /** Processes of each model. */
  readonly processes: number;
  /** Executions of the network before the first timed one, in each process. */
  readonly warmup: number;
  /** Timed executions of the network, in each process. */
  readonly repeats: number;
  /** Timed runs of the scan, in each process. */
  readonly caseRepeats: number;
}

/** What else is needed. */
export interface TimingContext {
  /** Seed of the order. */
  readonly seed: number;
  /** Told how far it has come. */
  readonly progress: Progress;
  /** Stops it between two runs. */
  readonly signal: AbortSignal;
  /** The clock by which samples are ordered (default: the monotonic one). */
  readonly clock?: Clock;
}

/** Timings of one model, and the GPU around them where something tells of it. */
export interface TimedOutcome {
  /** Its key. */
  readonly key: string;
  /** Its timings, a scope each. */
  readonly timings: readonly InferenceTiming[];
  /** Memory that it holds, in bytes. */
  readonly memory: TimedFacts["memory"];
  /** The GPU before the first and after the last run; null where nothing tells. */
  readonly device: { readonly before: DeviceStateRecord; readonly after: DeviceStateRecord } | null;
}

/** What one process of a model found. */
interface Round {
  readonly facts: TimedFacts;
  readonly before: TimedMoment;
  readonly after: TimedMoment;
  readonly samples: ReadonlyMap<Scope, readonly TimedSample[]>;
  /** Processor times before and after the samples of the network, and those of the scan. */
  readonly around: ReadonlyMap<Scope, readonly [TimedMoment, TimedMoment]>;
}

/** Times models. */
export async function timeInTurn(
  models: readonly TimedModel[],
  rounds: TimingRounds,
  context: TimingContext,
): Promise<TimedOutcome[]> {
  const { seed, progress, clock = monotonic } = context;
  const found = new Map<string, Round[]>(models.map(({ key }) => [key, []]));
  const start = clock();
  const now = () => clock() - start;
  progress.start("timing", rounds.processes * models.length);
  for (let round = 0; round < rounds.processes; round++) {
    for (const index of shuffled(models.keys(), random(seed, "timing order", round))) {
      const model = models[index];
      found.get(model.key)!.push(await timeOnce(model, rounds, context.signal, now));
      progress.advance(1, model.key);
    }
  }
  progress.stop();
  return models.map((model) => outcomeOf(model, found.get(model.key)!, rounds));
}

async function timeOnce(
  model: TimedModel,
  { warmup, repeats, caseRepeats }: TimingRounds,
  signal: AbortSignal,
  now: () => number,
): Promise<Round> {
  await throwIfInterrupted(signal);
  const target = await model.open();
  try {
    const before = await target.moment();
    for (let i = 0; i < warmup; i++) await target.network();
    const samples = new Map<Scope, TimedSample[]>([["network", []]]);
    const first = await target.moment();
    for (let i = 0; i < repeats; i++) {
      await throwIfInterrupted(signal);
      const at = now();
      samples.get("network")!.push({ at, seconds: await target.network() });
    }
    let after = await target.moment();
    const around = new Map<Scope, readonly [TimedMoment, TimedMoment]>([["network", [
      first,
      after,
    ]]]);
    if (model.scan) {
      const beforeScan = after;
      for (let i = 0; i < caseRepeats; i++) {
        await throwIfInterrupted(signal);
        const at = now();
        for (const [scope, seconds] of Object.entries(await target.scan()) as [Scope, number][]) {
          samples.set(scope, [...samples.get(scope) ?? [], { at, seconds }]);
        }
      }
      after = await target.moment();
      for (const scope of ["case", "end_to_end"] as const) around.set(scope, [beforeScan, after]);
    }
    return { facts: target.facts, before, after, samples, around };
  } finally {
    await target.close();
  }
}

function outcomeOf(
  { key, scan }: TimedModel,
  rounds: readonly Round[],
  { warmup, processes: asked }: TimingRounds,
): TimedOutcome {
  const [{ facts, before }] = rounds;
  const { after } = rounds[rounds.length - 1];
  const { arena, weights, scratch } = facts.memory;
  const scopes: readonly Scope[] = scan ? ["network", "case", "end_to_end"] : ["network"];
  const timings = scopes.map((scope): InferenceTiming => {
    const processes = rounds.map((round) => processOf(round, scope));
    const medians = processes.map((process) => process.median);
    const middle = median(medians);
    const interval = geometricInterval(medians);
    const work = scope === "network"
      ? { slices: facts.slices, flops: facts.flops }
      : { slices: scan!.slices, flops: facts.flops * scan!.executions };
    const peaks = processes.flatMap(({ peakRss }) => peakRss === null ? [] : [peakRss]);
    return {
      model: key,
      scope,
      ...(scope === "network" && facts.deviceClock ? { clock: "device" } : {}),
      slices: work.slices,
      warmup: scope === "network" ? warmup : 0,
      processes,
      median: middle,
      interval,
      ...(interval ? {} : { intervalReason: noInterval(asked) }),
      slicesPerSecond: work.slices / middle,
      gflopPerSecond: work.flops / middle / 1e9,
      peakRss: peaks.length > 0 ? Math.max(...peaks) : null,
      ...(facts.onGpu ? { deviceMemory: arena + weights + scratch } : {}),
      ...(scope === "network" ? { kernels: facts.kernels } : {}),
    };
  });
  const device = before.device && after.device
    ? { before: before.device, after: after.device }
    : null;
  return { key, timings, memory: facts.memory, device };
}

function processOf({ samples, around }: Round, scope: Scope): TimedProcess {
  const own = samples.get(scope)!;
  const [before, after] = around.get(scope)!;
  const activity = before.cpu && after.cpu &&
    activityBetween(before.cpu, after.cpu, cpuFacts().cores);
  return {
    samples: own,
    median: median(own.map(({ seconds }) => seconds)),
    peakRss: after.peakRss,
    ...(activity
      ? {
        others: activity.others,
        stolen: activity.stolen,
        ...(activity.clockRatio === null ? {} : { clockRatio: activity.clockRatio }),
      }
      : {}),
  };
}

/** Why there is no interval, for people. */
function noInterval(processes: number): string {
  return processes === 1
    ? "from one process: repeats inside it are no independent measurements"
    : `from ${processes} processes: three are the fewest`;
}
