/**
 * The values of the study: per architecture, seed and scan, out of the results of its runs.
 *
 * @module
 */

import type {
  CaseRecord,
  ModelRecord,
  PredictionRecord,
  RunResult,
} from "../../src/results/mod.ts";

/** The results of one seed over one set of scans. */
export interface SeedRun {
  /** Seed of the trainings. */
  readonly seed: number;
  /** What the run found. */
  readonly result: RunResult;
}

/** An architecture, as it ran: trained several times, each time from another seed. */
export interface Architecture {
  /** What tables call it. */
  readonly label: string;
  /** How it takes slices; null for slice by slice. */
  readonly stack: ModelRecord["stack"];
  /** Its predictions by seed and place of the scan. */
  readonly predictions: ReadonlyMap<number, ReadonlyMap<number, PredictionRecord>>;
}

/** What tables say of stacks that reach past the end of a scan. */
const FILLING_TEXTS = { zeros: "", repeat: ", slices repeated", shift: ", last stack moved back" };

/** What tables call a model: its name, and for stacks how far they overlap and what fills them. */
export function labelOf({ name, stack }: Pick<ModelRecord, "name" | "stack">): string {
  if (stack === null) return name;
  const filling = FILLING_TEXTS[stack.filling ?? "zeros"];
  return `${name}, overlap ${stack.overlap} of ${stack.size}${filling}`;
}

/** The architectures of some runs, in the order of the first. */
export function architecturesOf(runs: readonly SeedRun[]): Architecture[] {
  const labels = [...new Set(runs.flatMap(({ result }) => result.models.map(labelOf)))];
  return labels.map((label) => {
    const predictions = new Map<number, Map<number, PredictionRecord>>();
    let stack: ModelRecord["stack"] = null;
    for (const { seed, result } of runs) {
      const model = result.models.find((one) => labelOf(one) === label);
      if (!model) continue;
      stack = model.stack;
      const own = result.predictions.filter((one) => one.model === model.id);
      predictions.set(seed, new Map(own.map((one) => [one.case, one])));
    }
    return { label, stack, predictions };
  });
}

/** The seeds that all of some architectures were trained from. */
export function sharedSeeds(all: readonly Architecture[]): number[] {
  const [first, ...others] = all.map(({ predictions }) => [...predictions.keys()]);
  return (first ?? []).filter((seed) => others.every((seeds) => seeds.includes(seed)));
}

/** Architectures as trained from some seeds only, in their order. */
export function ofSeeds(
  seeds: readonly number[],
  all: readonly Architecture[],
): readonly Architecture[] {
  return all.map((one) => ({
    ...one,
    predictions: new Map(seeds.map((seed) => [seed, one.predictions.get(seed)!])),
  }));
}

/** A measure of a scan by seed; null where it is undefined. */
export function bySeed(
  { predictions }: Architecture,
  { index }: Pick<CaseRecord, "index">,
  measure: string,
  size = false,
): (number | null)[] {
  return [...predictions.values()].map((scans) => {
    const value = scans.get(index)?.metrics?.[measure]?.value ?? null;
    return value !== null && size ? Math.abs(value) : value;
  });
}

/** The mean of a measure of a scan over all seeds; null where one is undefined. */
export function overSeeds(...of: Parameters<typeof bySeed>): number | null {
  const values = bySeed(...of);
  if (values.length === 0 || values.includes(null)) return null;
  return values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
}

/** Dice of all voxels of some scans together, by seed. */
export function pooledDice({ predictions }: Architecture, scans: readonly CaseRecord[]): number[] {
  return [...predictions.values()].map((of) => {
    let [both, sum] = [0, 0];
    for (const { index, truth } of scans) {
      const prediction = of.get(index)!;
      both += prediction.truePositives!;
      sum += prediction.voxels + truth!.voxels;
    }
    return 2 * both / sum;
  });
}

/** Source of a scan of this data set: what its id begins with. */
export function sourceOf({ id }: Pick<CaseRecord, "id">): string {
  return id?.split("_")[0] ?? "unknown";
}
