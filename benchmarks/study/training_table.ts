/**
 * The trainings of the study as the report tells them: their settings, and how the epochs went.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Block } from "../../src/report/mod.ts";
import { fixed } from "./format.ts";

/** One fold's training, as `trainings.ts` logs it. */
interface TrainingLog {
  readonly name: string;
  readonly fold: number;
  readonly settings: {
    readonly model: string;
    readonly input: readonly number[];
    readonly batch?: number;
    readonly field?: string;
    readonly overlap: number;
    readonly loss: string;
    readonly learningRate: number;
    readonly schedule: string;
    readonly augmentation: readonly string[];
    readonly seed: number;
  };
  readonly steps: number;
  readonly best: { readonly epoch: number };
  readonly data: { readonly trainScans: number; readonly validationScans: number };
  /** One entry an epoch; Dice is that of the validation scans together. */
  readonly log: readonly { readonly meanLoss: number; readonly dice: number | null }[];
}

function settingsOf({ name, settings, steps }: TrainingLog): string {
  const { model, input, batch = 1, field = "slice", overlap, augmentation, seed } = settings;
  return `${name}: ${model}, ${steps} steps of ${batch} x ${input.join("x")}, field ${field}` +
    `${input.length === 3 ? `, overlap ${overlap}` : ""}, ${settings.loss}, ` +
    `${settings.schedule} to ${settings.learningRate}, ${augmentation.join(", ")}; seed ${seed}.`;
}

/**
 * What the logs of the trainings in a folder say (`trainings-seed-N.json`), seed by seed.
 *
 * @returns nothing where there is no log
 */
export function trainingBlocks(folder: string, seeds: readonly number[]): Block[] {
  const logs = seeds.flatMap((seed): TrainingLog[] => {
    const path = join(folder, `trainings-seed-${seed}.json`);
    return existsSync(path) ? JSON.parse(Deno.readTextFileSync(path)).trainings : [];
  });
  if (logs.length === 0) return [];
  return [
    { kind: "heading", level: 2, text: "Trainings" },
    ...[...new Set(logs.map(settingsOf))].map((text): Block => ({ kind: "paragraph", text })),
    {
      kind: "table",
      name: "trainings",
      caption: "Each fold's training: mean loss and validation Dice of its epochs",
      columns: ["training", "seed", "fold", "scans (validation)", "loss", "Dice", "epoch taken"],
      rows: logs.map(({ name, settings, fold, data, log, best }) => [
        name,
        String(settings.seed),
        String(fold),
        `${data.trainScans} (${data.validationScans})`,
        log.map(({ meanLoss }) => fixed(meanLoss)).join(", "),
        log.map(({ dice }) => fixed(dice)).join(", "),
        String(best.epoch),
      ]),
    },
  ];
}
