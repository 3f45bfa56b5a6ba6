/**
 * Ours and PyTorch in turn, so that all meet the same machine.
 *
 * @module
 */

import { messageOf } from "../../src/base/errors.ts";
import type { PeerRecord, TimesRecord } from "../../src/results/mod.ts";
import { medianInterval } from "../../src/statistics/bootstrap.ts";
import { median } from "../../src/statistics/summary.ts";
import { Peer, type PeerRequest, type ReadyPeer } from "./peer.ts";

/** Who runs, and how often. */
export interface InterleavedRequest {
  /** Runs ours once and tells the seconds. */
  readonly ours: () => number | Promise<number>;
  /** Memory of the GPU that ours holds, in bytes. */
  readonly ownMemory: number;
  /** What PyTorch is asked to do, once for each mode. */
  readonly peers: readonly PeerRequest[];
  /** The Python that has PyTorch; null where there is none. */
  readonly python: string | null;
  /** Seconds that PyTorch may take until it is ready. */
  readonly patience: number;
  /** Rounds in which all run in turn. */
  readonly rounds: number;
  /** Timed runs of each in a round, behind one that is not timed. */
  readonly runs: number;
}

/** The times of all. */
export interface InterleavedTimes {
  /** Ours. */
  readonly ours: TimesRecord;
  /** PyTorch's, in the order in which they were asked for. */
  readonly peers: readonly PeerRecord[];
}

/** A peer while it runs. */
interface Runner {
  readonly mode: PeerRequest["mode"];
  readonly peer: Peer;
  readonly facts: ReadyPeer;
  readonly rounds: number[][];
  deviceMemory: number | null;
}

/** A peer that cannot run. */
type Missing = Extract<PeerRecord, { status: "missing" }>;

/** Runs all in turn: A B A B ... A peer that fails is left out, and why is told. */
export async function interleave(request: InterleavedRequest): Promise<InterleavedTimes> {
  await using stack = new AsyncDisposableStack();
  const started = await startAll(request, stack);
  const failures = new Map<Runner, string>();
  const rounds: number[][] = [];
  for (let round = 0; round < request.rounds; round++) {
    rounds.push(await someRuns(request));
    for (const one of started) {
      if ("reason" in one || failures.has(one)) continue;
      try {
        await one.peer.run(1);
        const { samples, deviceMemory } = await one.peer.run(request.runs);
        one.rounds.push(samples);
        one.deviceMemory = deviceMemory;
      } catch (error) {
        failures.set(one, messageOf(error));
      }
    }
  }
  const ours = timesOf(rounds, request.ownMemory);
  const peers = started.map((one): PeerRecord => {
    if ("reason" in one) return one;
    const reason = failures.get(one);
    return reason === undefined
      ? compared(ours, one)
      : { mode: one.mode, status: "missing", reason };
  });
  return { ours, peers };
}

async function someRuns({ ours, runs }: InterleavedRequest): Promise<number[]> {
  await ours();
  const samples: number[] = [];
  for (let i = 0; i < runs; i++) samples.push(await ours());
  return samples;
}

/** Starts every peer, all at once, as they take long; what is started ends with `stack`. */
async function startAll(
  { peers, python, patience }: InterleavedRequest,
  stack: AsyncDisposableStack,
): Promise<(Runner | Missing)[]> {
  return await Promise.all(peers.map(async (request): Promise<Runner | Missing> => {
    const { mode } = request;
    if (python === null) return { mode, status: "missing", reason: "there is no PyTorch" };
    try {
      const peer = stack.use(new Peer(python, request));
      const facts = await peer.ready(patience);
      return { mode, peer, facts, rounds: [], deviceMemory: null };
    } catch (error) {
      return { mode, status: "missing", reason: messageOf(error) };
    }
  }));
}

function timesOf(rounds: readonly (readonly number[])[], deviceMemory: number | null): TimesRecord {
  return { rounds, median: median(rounds.flat()), deviceMemory };
}

/** Rounds that an interval needs to say anything. */
const FEWEST = 3;

function compared(ours: TimesRecord, { mode, facts, rounds, deviceMemory }: Runner): PeerRecord {
  const ratios = rounds.map((theirs, i) => median(ours.rounds[i]) / median(theirs));
  const interval = ratios.length < FEWEST ? null : medianInterval(ratios, { seed: 1 });
  return {
    mode,
    status: "done",
    ...facts,
    times: timesOf(rounds, deviceMemory),
    ratio: { median: median(ratios), interval: interval && [interval.low, interval.high] },
  };
}
