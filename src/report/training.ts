/**
 * A training as it went, or as it goes: where it stands, its curves, and what its masks look like.
 *
 * @module
 */

import {
  type Block,
  type Cell,
  figure,
  fold,
  heading,
  list,
  note,
  paragraph,
  table,
} from "./document.ts";
import { amount, amountOr, countText } from "./format.ts";
import { stepLine, type StepValue } from "./plots/training.ts";
import { tame } from "./tame.ts";

/** A line of the log of a training: of a step, or of an epoch. */
export type TrainingLine = {
  /** Steps taken. */
  readonly step: number;
  /** The loss before the step. */
  readonly loss: number;
  /** The learning rate. */
  readonly rate: number;
} | {
  /** Epochs finished. */
  readonly epoch: number;
  /** Steps taken. */
  readonly step: number;
  /** Mean loss of its steps. */
  readonly meanLoss: number;
  /** Mean Dice of the validation scans; null where it is defined for none. */
  readonly dice: number | null;
  /** Whether nothing at all was predicted. */
  readonly empty: boolean;
  /** Whether it was the best so far. */
  readonly best: boolean;
};

/** A picture of a validation scan at the best epoch. */
export interface TrainingPanel {
  /** Which of the scans it is, by Dice. */
  readonly rank: "worst" | "median" | "best" | "only";
  /** The scan as readers meet it. */
  readonly scan: string;
  /** Dice of the whole scan. */
  readonly dice: number;
  /** The slice that is shown. */
  readonly slice: number;
}

/** What is told of a training. */
export interface TrainingStory {
  /** Its name. */
  readonly label: string;
  /** Epochs that it shall have. */
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** Its log. */
  readonly log: readonly TrainingLine[];
  /** How it was set, as names and values. */
  readonly settings: Readonly<Record<string, string>>;
  /** Validation scans. */
  readonly scans: number;
  /** Pictures of them at the best epoch, the worst first. */
  readonly panels: readonly TrainingPanel[];
  /** Why there are no pictures; null where there are. */
  readonly withoutPanels: string | null;
}

/** Name of the picture of a validation scan. */
export function panelName({ rank }: Pick<TrainingPanel, "rank">): string {
  return `validation-${rank}`;
}

/** The training as blocks; pictures are named by {@linkcode panelName}. */
export function trainingBlocks(story: TrainingStory): Block[] {
  const { label, log, settings, panels, withoutPanels } = tame(story);
  const epochs = log.filter((line) => "epoch" in line);
  const steps = log.filter((line) => "loss" in line);
  const dice = epochs.flatMap(({ step, dice }): StepValue[] =>
    dice === null ? [] : [{ step, value: dice }]
  );
  return [
    heading(1, "Stackbench training"),
    heading(2, label),
    ...note("answer", answers(story, epochs)),
    ...note("warning", warnings(epochs)),
    heading(3, "Loss"),
    figure(
      "loss",
      "Loss over the steps",
      stepLine(
        "mean of an epoch",
        epochs.map(({ step, meanLoss }) => ({ step, value: meanLoss })),
        { title: "a step", values: steps.map(({ step, loss }) => ({ step, value: loss })) },
      ),
    ),
    heading(3, "Validation"),
    ...(dice.length > 0
      ? [figure("validation-dice", "Dice on the validation scans", stepLine("Dice", dice))]
      : [paragraph("Dice has not been defined on any validation scan yet.")]),
    ...fold(
      "Every epoch",
      table(
        "epochs",
        "Loss and validation Dice of every epoch",
        ["epoch", "steps", "mean loss", "validation Dice", "best so far"],
        epochs.map((one): Cell[] => [
          amount(one.epoch),
          amount(one.step),
          amount(one.meanLoss, one.meanLoss.toFixed(4)),
          amountOr(one.dice, (value) => value.toFixed(4)),
          one.best ? "yes" : "",
        ]),
      ),
    ),
    heading(3, "Masks of validation scans"),
    ...(withoutPanels === null ? [] : [paragraph(withoutPanels)]),
    ...panels.map((panel): Block => ({
      kind: "picture",
      name: panelName(panel),
      caption: panelText(panel),
      result: 0,
      file: `${panelName(panel)}.png`,
    })),
    heading(3, "Learning rate"),
    figure(
      "learning-rate",
      "Learning rate over the steps",
      stepLine("learning rate", steps.map(({ step, rate }) => ({ step, value: rate }))),
    ),
    heading(3, "Settings"),
    ...list(Object.entries(settings).map(([name, value]) => `${name}: ${value}`)),
  ];
}

type EpochLines = readonly Extract<TrainingLine, { readonly epoch: number }>[];

/** Where the training stands, what came out, and what that cannot say. */
function answers(
  { epochs, stepsPerEpoch, log, scans }: TrainingStory,
  done: EpochLines,
): string[] {
  const taken = log.at(-1)?.step ?? 0;
  const wanted = epochs * stepsPerEpoch;
  const best = done.findLast((one) => one.best);
  const [first, last] = [done[0], done.at(-1)];
  return [
    taken >= wanted
      ? `Progress: done, ${countText(taken, "step")} in ${countText(epochs, "epoch")}.`
      : `Progress: ${taken} of ${countText(wanted, "step")}, ${done.length} of ` +
        `${countText(epochs, "epoch")}. This page is written anew while the training goes on: ` +
        "load it again.",
    ...(best
      ? [
        `Best so far: a validation Dice of ${best.dice!.toFixed(4)} after epoch ${best.epoch}, ` +
        `the mean over ${countText(scans, "scan")} at the network's rows and columns.`,
      ]
      : []),
    ...(first && last && last !== first
      ? [
        `Loss: ${first.meanLoss.toFixed(4)} in the first epoch, ${last.meanLoss.toFixed(4)} in ` +
        `epoch ${last.epoch}.`,
      ]
      : []),
    "What this cannot say: the best epoch was chosen by these validation scans, so their Dice is " +
    "higher than that of scans which nothing was chosen by.",
  ];
}

function warnings(epochs: EpochLines): string[] {
  return epochs.at(-1)?.empty
    ? ["The last epoch predicts nothing at all: it may have collapsed to empty masks."]
    : [];
}

function panelText({ rank, scan, dice, slice }: TrainingPanel): string {
  const which = rank === "only" ? "The scan with a Dice" : `${NAMES[rank]} Dice`;
  return `${which}: ${scan}, ${
    dice.toFixed(4)
  }; slice ${slice}, which has the largest true area. ` +
    "From left to right: slice, truth, prediction. Green: prediction and truth; orange: " +
    "prediction only; blue: truth only.";
}

const NAMES = { worst: "Lowest", median: "Median", best: "Highest" } as const;
