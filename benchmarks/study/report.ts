/**
 * The report of the study on patients, from the results of its runs.
 *
 *     deno run -A benchmarks/study/report.ts FOLDER
 *
 * FOLDER holds `ten-seed-N.json`, `short-seed-N.json` and `trainings-seed-N.json`, and `protocol.json`
 * where it is known when all of it was done; `report.md` is written beside them.
 */

import { join } from "node:path";
import { type Block, markdown, type Table } from "../../src/report/mod.ts";
import { type CaseRecord, readRunResult } from "../../src/results/mod.ts";
import { mean, meanInterval, varianceComponents } from "../../src/statistics/mod.ts";
import { type Claim, CLAIMS, contrast, decide } from "./claims.ts";
import { counted, each, fixed, range, signed } from "./format.ts";
import { protocolBlocks } from "./protocol.ts";
import { trainingBlocks } from "./training_table.ts";
import {
  type Architecture,
  architecturesOf,
  bySeed,
  overSeeds,
  pooledDice,
  type SeedRun,
  sourceOf,
} from "./values.ts";

/** How an architecture takes slices in stacks. */
type Stack = NonNullable<Architecture["stack"]>;

/** A set of scans, and the runs over it. */
interface ScanSet {
  /** What its files begin with. */
  readonly name: "ten" | "short";
  /** In words. */
  readonly title: string;
  /** The mean Dice of 3-D that was aimed at. */
  readonly goal: number;
}

const SETS: readonly ScanSet[] = [
  { name: "ten", title: "Ten scans, cross-validated by patient", goal: 0.6 },
  { name: "short", title: "Six short scans of other patients, through all folds", goal: 0.45 },
];

function runsOf(folder: string, set: ScanSet["name"]): SeedRun[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }): SeedRun[] => {
    const seed = name.match(new RegExp(`^${set}-seed-(\\d+)\\.json$`))?.[1];
    return seed ? [{ seed: Number(seed), result: readRunResult(join(folder, name)) }] : [];
  }).sort((a, b) => a.seed - b.seed);
}

function scanTable(scans: readonly CaseRecord[], all: readonly Architecture[]): Table {
  return {
    kind: "table",
    name: "dice-by-scan",
    caption: "Dice of each scan: mean over seeds (each seed)",
    columns: ["scan", "slices", ...all.map(({ label }) => label)],
    rows: scans.map((scan) => [
      scan.id ?? String(scan.index),
      String(scan.shape[0]),
      ...all.map((one) =>
        `${fixed(overSeeds(one, scan, "dice"))} (${each(bySeed(one, scan, "dice"))})`
      ),
    ]),
  };
}

function meanTable(scans: readonly CaseRecord[], all: readonly Architecture[]): Table {
  const sources = [...new Set(scans.map(sourceOf))];
  const meanOver = (one: Architecture, some: readonly CaseRecord[]) =>
    mean(some.map((scan) => overSeeds(one, scan, "dice") ?? 0));
  return {
    kind: "table",
    name: "dice",
    caption: "Mean Dice over scans",
    columns: [
      "model",
      "seeds",
      "mean over seeds",
      "95 % by patient",
      "each seed",
      "pooled over voxels, each seed",
      ...sources.map((source) => `${source} only`),
    ],
    rows: all.map((one) => {
      const values = scans.map((scan) => overSeeds(one, scan, "dice") ?? 0);
      const patients = scans.map(({ patient }) => patient);
      const seeds = [...one.predictions.keys()].map((_, seed) =>
        mean(scans.map((scan) => bySeed(one, scan, "dice")[seed] ?? 0))
      );
      return [
        one.label,
        [...one.predictions.keys()].join(", "),
        fixed(mean(values)),
        range(meanInterval(values, { seed: 1, patients }).interval),
        each(seeds),
        each(pooledDice(one, scans)),
        ...sources.map((source) =>
          fixed(meanOver(one, scans.filter((scan) => sourceOf(scan) === source)))
        ),
      ];
    }),
  };
}

function componentTable(scans: readonly CaseRecord[], all: readonly Architecture[]): Table {
  return {
    kind: "table",
    name: "components",
    caption: "Dice: standard deviations between patients, between seeds, and the rest",
    columns: ["model", "between patients", "between seeds", "rest"],
    rows: all.filter(({ predictions }) => predictions.size > 1).map((one) => {
      const { patients, seeds, rest } = varianceComponents(
        scans.map((scan) => bySeed(one, scan, "dice").map((value) => value ?? 0)),
      );
      return [one.label, ...[patients, seeds, rest].map((part) => fixed(Math.sqrt(part)))];
    }),
  };
}

/** One row of the table of claims. */
function claimRow(
  claim: Claim,
  first: Architecture,
  second: Architecture,
  scans: readonly CaseRecord[],
): string[] {
  const { found, seeds } = contrast(claim, first, second, scans);
  const { verdict, reason } = decide(found, seeds, claim.better);
  return [
    claim.text,
    `${first.label} minus ${second.label}`,
    claim.size ? `size of ${claim.measure}` : claim.measure,
    `${signed(found.difference)} (${range(found.interval)})`,
    seeds.map(signed).join(", "),
    `${counted(found.n, "scan")}, ${counted(found.patients, "patient")}`,
    `${verdict}: ${reason}`,
  ];
}

function claimTable(scans: readonly CaseRecord[], all: readonly Architecture[]): Table {
  const flats = all.filter(({ stack }) => stack === null);
  const solids = all.filter(({ stack }) => stack !== null);
  /** A claim about each architecture that has another one beside it, which differs in one thing. */
  const beside = (
    text: string,
    other: (stack: Stack, than: Stack) => boolean,
  ) => {
    const claim: Claim = { text, measure: "dice", size: false, better: 1 };
    return solids.flatMap((solid) =>
      solids.filter((than) => other(solid.stack!, than.stack!))
        .map((than) => claimRow(claim, solid, than, scans))
    );
  };
  return {
    kind: "table",
    name: "claims",
    caption: "The paper's claims",
    columns: [
      "claim",
      "difference of",
      "measure",
      "mean (95 % by patient)",
      "each seed",
      "rests on",
      "verdict",
    ],
    rows: [
      ...CLAIMS.flatMap((claim) =>
        solids.flatMap((solid) => flats.map((flat) => claimRow(claim, solid, flat, scans)))
      ),
      ...beside(
        "overlapping stacks help",
        (stack, than) => stack.overlap > 0 && than.overlap === 0 && stack.filling === than.filling,
      ),
      ...beside(
        "short scans that fill their stack help",
        (stack, than) =>
          stack.filling === "repeat" && !than.filling && stack.overlap === than.overlap,
      ),
      ...beside(
        "a last stack that is moved back helps",
        (stack, than) =>
          stack.filling === "shift" && !than.filling && stack.overlap === than.overlap,
      ),
    ],
  };
}

function sectionOf(folder: string, { name, title, goal }: ScanSet): Block[] {
  const runs = runsOf(folder, name);
  if (runs.length === 0) return [];
  const scans = runs[0].result.dataset.cases;
  const all = architecturesOf(runs);
  const seeds = runs.map(({ seed }) => seed).join(", ");
  return [
    { kind: "heading", level: 2, text: title },
    {
      kind: "paragraph",
      text: `Seeds finished: ${seeds}. The goal for 3-D was a mean Dice of ${goal.toFixed(2)}.`,
    },
    scanTable(scans, all),
    meanTable(scans, all),
    ...(runs.length > 1 ? [componentTable(scans, all)] : []),
    claimTable(scans, all),
    {
      kind: "paragraph",
      text:
        "Speed, the paper's other claim, is undecided here: the suites of the study time nothing.",
    },
  ];
}

/** The report of the results in a folder, as Markdown. */
export function studyReport(folder: string): string {
  const seeds = new Set(SETS.flatMap(({ name }) => runsOf(folder, name).map(({ seed }) => seed)));
  return markdown([
    { kind: "heading", level: 1, text: "Study on COVID-19-CT-Seg-20" },
    ...protocolBlocks(folder),
    ...trainingBlocks(folder, [...seeds].sort((a, b) => a - b)),
    ...SETS.flatMap((set) => sectionOf(folder, set)),
  ]);
}

if (import.meta.main) {
  const [folder] = Deno.args;
  Deno.writeTextFileSync(join(folder, "report.md"), studyReport(folder));
}
