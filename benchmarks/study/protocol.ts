/**
 * When a study's settings were fixed and its trainings ran, as `protocol.json` of its folder notes it.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Block } from "../../src/report/mod.ts";

/** `protocol.json`; times are UTC, `2026-11-29 19:30`. */
interface Protocol {
  /** When the settings were fixed. */
  readonly fixed: string;
  /** The commit that holds them. */
  readonly commit: string;
  /** What the trainings ran on. */
  readonly machine: string;
  readonly trained: readonly {
    readonly trainings: readonly string[];
    readonly seeds: readonly number[];
    /** From when to when. */
    readonly spans: readonly (readonly [from: string, to: string])[];
  }[];
}

const hours = ([from, to]: readonly [string, string]) => {
  const [begin, end] = [from, to].map((time) => Date.parse(`${time.replace(" ", "T")}Z`));
  if (!(end > begin)) throw new Error(`no span of time: ${from} to ${to}`);
  return (end - begin) / 3.6e6;
};

/**
 * When all of it was done.
 *
 * @returns nothing where the folder has no `protocol.json`
 */
export function protocolBlocks(folder: string): Block[] {
  const path = join(folder, "protocol.json");
  if (!existsSync(path)) return [];
  const { fixed, commit, machine, trained }: Protocol = JSON.parse(Deno.readTextFileSync(path));
  return [
    {
      kind: "paragraph",
      text:
        `Settings were fixed on ${fixed} (UTC; commit ${commit}, README.md), before any of the ` +
        `weights met a test scan. Trainings ran on ${machine}.`,
    },
    {
      kind: "table",
      name: "when-trained",
      caption: "When the trainings ran, all folds together",
      columns: ["trainings", "seeds", "UTC", "hours"],
      rows: trained.map(({ trainings, seeds, spans }) => [
        trainings.join(", "),
        seeds.join(", "),
        spans.map((span) => span.join(" to ")).join(", "),
        spans.map(hours).reduce((sum, one) => sum + one, 0).toFixed(1),
      ]),
    },
  ];
}
