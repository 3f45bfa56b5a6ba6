/**
 * What a run of the fuzzer found.
 *
 * @module
 */

import type { Outcome } from "./inputs.ts";

/** An input that was tried, with the memory that reading it took besides. */
export type Tried = Outcome & { readonly memory: number | null };

/** An input that was never finished. */
export interface Hang {
  /** Its number. */
  readonly input: number;
  /** What became of it. */
  readonly why: string;
}

/** The report. */
export interface FuzzReport {
  /** Seed of all inputs. */
  readonly seed: number;
  /** Inputs that were finished. */
  readonly inputs: number;
  /** What it took. */
  readonly seconds: number;
  /** Inputs a second. */
  readonly rate: number;
  /** Inputs that were read. */
  readonly read: number;
  /** Inputs that were refused. */
  readonly refused: number;
  /** Inputs that were neither: faults. */
  readonly crashed: readonly Pick<Outcome, "input" | "target" | "file" | "error">[];
  /** Inputs that were never finished: faults. */
  readonly hung: readonly Hang[];
  /** Inputs that took more time or memory than `BOUNDS`: faults. */
  readonly over: readonly Named[];
  /** The slowest inputs. */
  readonly slowest: readonly Named[];
  /** The inputs that took most memory. */
  readonly largest: readonly Named[];
  /** By reader. */
  readonly targets: readonly {
    /** Its name. */
    readonly target: string;
    /** Inputs. */
    readonly inputs: number;
    /** Those that were read. */
    readonly read: number;
    /** Milliseconds of the slowest. */
    readonly slowest: number;
    /** Bytes of memory of the one that took most. */
    readonly memory: number | null;
  }[];
}

/** What no input may take: its file is of half a megabyte at most. */
export const BOUNDS = { milliseconds: 5000, bytes: 2 ** 28 } as const;

type Named = Pick<Tried, "input" | "target" | "file" | "took" | "memory">;

/** Inputs that a list names. */
const LISTED = 5;

/** Puts a run together; paths and hosts are in none of it. */
export function reportOf(
  { seed, tried, hangs, seconds }: {
    readonly seed: number;
    readonly tried: readonly Tried[];
    readonly hangs: readonly Hang[];
    readonly seconds: number;
  },
): FuzzReport {
  const count = (end: Outcome["end"]) => tried.filter((one) => one.end === end).length;
  const most = (of: (one: Tried) => number) =>
    tried.toSorted((a, b) => of(b) - of(a)).slice(0, LISTED).map(named);
  const names = [...new Set(tried.map(({ target }) => target))];
  return {
    seed,
    inputs: tried.length,
    seconds: Math.round(seconds),
    rate: Number((tried.length / seconds).toFixed(1)),
    read: count("read"),
    refused: count("refused"),
    crashed: tried.filter(({ end }) => end === "crashed")
      .map(({ input, target, file, error }) => ({ input, target, file, error: placeless(error) })),
    hung: hangs,
    over: tried.filter(({ took, memory }) =>
      took > BOUNDS.milliseconds || (memory ?? 0) > BOUNDS.bytes
    ).map(named),
    slowest: most(({ took }) => took),
    largest: most(({ memory }) => memory ?? 0),
    targets: names.map((target) => {
      const own = tried.filter((one) => one.target === target);
      const memories = own.flatMap(({ memory }) => memory === null ? [] : [memory]);
      return {
        target,
        inputs: own.length,
        read: own.filter(({ end }) => end === "read").length,
        slowest: Math.round(own.reduce((most, { took }) => Math.max(most, took), 0)),
        memory: memories.length === 0 ? null : memories.reduce((a, b) => Math.max(a, b)),
      };
    }),
  };
}

function named({ input, target, file, took, memory }: Tried): Named {
  return { input, target, file, took: Math.round(took), memory };
}

/** An error without the paths of this machine. */
function placeless(error: string | undefined): string | undefined {
  return error?.replaceAll(/(file:\/\/)?\/[^\s:)]*\//g, "").slice(0, 1000);
}
