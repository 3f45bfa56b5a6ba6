/**
 * The report of the study on phantoms, from the results of its runs.
 *
 *     deno run -A benchmarks/study/phantom_report.ts FOLDER
 *
 * FOLDER holds `SET-seed-N.json`: phantoms of seed SET through the weights of seed N of the trainings.
 * `report.md` is written beside them.
 */

import { join } from "node:path";
import { type Block, markdown, type Table } from "../../src/report/mod.ts";
import { overlapOf } from "../../src/imaging/mod.ts";
import { readRunResult, type RunResult } from "../../src/results/mod.ts";
import { mean, meanInterval, varianceComponents } from "../../src/statistics/mod.ts";
import { each, fixed, range } from "./format.ts";
import { PHANTOM_MODELS, PHANTOM_SETS, type PhantomModel } from "./phantom_models.ts";

/** Dice of each scan of a set by each model, undefined ones as 0, by seed of the trainings. */
interface SetScores {
  /** Seed of the phantoms. */
  readonly set: number;
  /** Patients of the scans. */
  readonly patients: readonly number[];
  /** By seed of the trainings, then by model, then by scan. */
  readonly dice: ReadonlyMap<number, readonly (readonly number[])[]>;
}

const label = ({ training, overlap }: PhantomModel) =>
  training.startsWith("unet") ? training : `${training}, inference at ${overlap}`;

function scoresOf(folder: string, set: number): SetScores {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  const seeds = names.flatMap((name) => name.match(`^${set}-seed-(\\d+)\\.json$`)?.[1] ?? [])
    .map(Number).sort((a, b) => a - b);
  const results = new Map(
    seeds.map((seed) => [seed, readRunResult(join(folder, `${set}-seed-${seed}.json`))] as const),
  );
  const [first, ...others] = [...results.values()];
  const scans = ({ dataset }: RunResult) => dataset.cases.map(({ voxelsSha256 }) => voxelsSha256);
  if (others.some((other) => scans(other).join() !== scans(first).join())) {
    throw new Error(`the results of set ${set} are not of the same scans`);
  }
  return {
    set,
    patients: first?.dataset.cases.map(({ patient }) => patient) ?? [],
    dice: new Map([...results].map(([seed, result]) => [seed, diceOf(result)])),
  };
}

function diceOf({ models, dataset, predictions }: RunResult): number[][] {
  const asPlanned = models.length === PHANTOM_MODELS.length && models.every(({ stack }, at) => {
    const { training, overlap } = PHANTOM_MODELS[at];
    return training.startsWith("unet") ? stack === null : stack?.overlap === overlapOf(overlap, 32);
  });
  if (!asPlanned) throw new Error("a result has other models");
  return models.map(({ id }) =>
    dataset.cases.map(({ index }) =>
      predictions.find((one) => one.model === id && one.case === index)?.metrics?.dice?.value ?? 0
    )
  );
}

function setTable({ set, patients, dice }: SetScores): Table {
  const seeds = [...dice.keys()];
  return {
    kind: "table",
    name: `dice-${set}`,
    caption: `Mean Dice over ${patients.length} phantoms of seed ${set}`,
    columns: [
      "model",
      "mean over seeds",
      "95 % by patient",
      ...seeds.map((seed) => `seed ${seed}`),
    ],
    rows: PHANTOM_MODELS.map((model, at) => {
      const own = [...dice.values()].map((models) => models[at]);
      const overSeeds = patients.map((_, scan) => mean(own.map((scans) => scans[scan])));
      const interval = meanInterval(overSeeds, { seed: 1, patients }).interval;
      return [
        label(model),
        fixed(mean(overSeeds)),
        range(interval),
        ...own.map((scans) => fixed(mean(scans))),
      ];
    }),
  };
}

/** All sets together, patients by their mean: what differs between them, and what between seeds. */
function componentTable(all: readonly SetScores[], seeds: readonly number[]): Table {
  return {
    kind: "table",
    name: "components",
    caption:
      "Dice of all phantoms: standard deviations between patients, between seeds, and the rest",
    columns: [
      "model",
      "mean over patients, each seed",
      "between patients",
      "between seeds",
      "rest",
    ],
    rows: PHANTOM_MODELS.map((model, at) => {
      const ofPatients = all.flatMap(({ patients, dice }) =>
        [...new Set(patients)].map((patient) =>
          seeds.map((seed) =>
            mean(dice.get(seed)![at].filter((_, scan) => patients[scan] === patient))
          )
        )
      );
      const { patients, seeds: between, rest } = varianceComponents(ofPatients);
      return [
        label(model),
        each(seeds.map((_, seed) => mean(ofPatients.map((values) => values[seed])))),
        ...[patients, between, rest].map((part) => fixed(Math.sqrt(part))),
      ];
    }),
  };
}

/** The report of the results in a folder, as Markdown. */
export function phantomReport(folder: string): string {
  const all = PHANTOM_SETS.map(({ seed }) => scoresOf(folder, seed))
    .filter(({ dice }) => dice.size > 0);
  const seeds = [...all[0].dice.keys()]
    .filter((seed) => all.every(({ dice }) => dice.has(seed)));
  const blocks: Block[] = [
    { kind: "heading", level: 1, text: "Study on phantoms" },
    ...all.map(setTable),
    ...(seeds.length > 1 ? [componentTable(all, seeds)] : []),
  ];
  return markdown(blocks);
}

if (import.meta.main) {
  const [folder] = Deno.args;
  Deno.writeTextFileSync(join(folder, "report.md"), phantomReport(folder));
}
