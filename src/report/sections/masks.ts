/**
 * Fig. 1, 5 and 14: slices with their masks.
 *
 * @module
 */

import type { MasksExperiment, PanelRecord, RunResult } from "../../results/mod.ts";
import { type Block, choice, fold, paragraph, type Picture, table } from "../document.ts";
import { amount, meanOf, measure } from "../format.ts";
import { modelText, scanText } from "../models.ts";

const RULES: { readonly [K in PanelRecord["rule"]]: string } = {
  "largest-area": "largest true area",
  "median-agreement": "median agreement",
};

/** Scans up to which the pictures of all are shown; of more, those of three. */
const MOST_SHOWN = 6;

/** Which slices are shown and how well each mask fits, then the pictures of public scans. */
export function masksSection(result: RunResult, { panels }: MasksExperiment): Block[] {
  const rows = panels.flatMap((panel) =>
    panel.models.map(({ model, dice }) => [
      scanText(result, panel.case),
      amount(panel.slice),
      RULES[panel.rule],
      namesOf(result, panel)(model),
      measure(dice),
      panel.file,
    ])
  );
  const isPublic = (index: number) =>
    result.dataset.cases.some((scan) => scan.index === index && scan.id !== null);
  const open = panels.filter((panel) => isPublic(panel.case));
  const shown = shownScans(open);
  const columns = ["scan", "slice", "rule", "mask", "Dice in the slice", "file"];
  const words = [
    ...(open.length < panels.length
      ? ["Pictures of scans that are not public stay in the folder of the results."]
      : []),
    ...(shown.length < new Set(open.map((panel) => panel.case)).size
      ? [
        "Of so many scans the three with the worst, the median and the best Dice in these slices " +
        "are shown; the pictures of the others stand in the folder of the results.",
      ]
      : []),
  ];
  return [
    paragraph([
      "Slices are chosen by rule, not by hand: of each scan the one with the largest true area, " +
      "and the one whose Dice, as a mean over the shown models, is the median of all slices " +
      "that are positive in truth. Green: prediction and truth; orange: prediction only; blue: " +
      "truth only.",
      ...words,
    ].join(" ")),
    ...choice(
      "scan",
      shown.map(({ index, text }) => ({
        text: `${scanText(result, index)}${text}`,
        blocks: open.filter((panel) => panel.case === index)
          .map((panel) => pictureOf(result, panel)),
      })),
    ),
    ...fold("Every slice", table("masks", "Slices that are shown", columns, rows)),
  ];
}

/** The scans whose pictures are shown: all, or the worst, the median and the best. */
function shownScans(
  panels: readonly PanelRecord[],
): { readonly index: number; readonly text: string }[] {
  const scans = [...new Set(panels.map((panel) => panel.case))];
  if (scans.length <= MOST_SHOWN) return scans.map((index) => ({ index, text: "" }));
  const sorted = scans.map((index) => ({
    index,
    dice: meanOf(
      panels.filter((panel) => panel.case === index)
        .flatMap(({ models }) => models.map(({ dice }) => dice)),
    ).value ?? 0,
  })).sort((a, b) => a.dice - b.dice);
  const last = sorted.length - 1;
  return [
    { index: sorted[0].index, text: ", the worst" },
    { index: sorted[Math.floor(last / 2)].index, text: ", the median" },
    { index: sorted[last].index, text: ", the best" },
  ];
}

/** The picture of a panel. */
export function pictureOf(result: RunResult, panel: PanelRecord): Picture {
  const { of, rule, slice, file, models } = panel;
  const figure = of === "overlap" ? "Fig. 14" : "Fig. 1 and 5";
  const columns = ["slice", "truth", ...models.map(({ model }) => namesOf(result, panel)(model))];
  return {
    kind: "picture",
    name: `masks-${panel.case}-${of}-${rule}`,
    caption: `${figure}: slice ${slice} of ${scanText(result, panel.case)} (${RULES[rule]}). ` +
      `From left to right: ${columns.join(", ")}`,
    result: 0,
    file,
  };
}

/** Models as readers meet them: those of the overlap experiment by their training. */
function namesOf(result: RunResult, { of }: PanelRecord): (model: string) => string {
  const { overlap } = result.experiments;
  if (of === "models" || overlap?.status !== "done") return (model) => modelText(result, model);
  return (model) => {
    const one = overlap.combinations.find((each) => each.model === model);
    return one ? `trained at overlap ${one.trainedOverlap}` : modelText(result, model);
  };
}
