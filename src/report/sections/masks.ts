/**
 * Fig. 1, 5 and 14: slices with their masks.
 *
 * @module
 */

import type { MasksExperiment, PanelRecord, RunResult } from "../../results/mod.ts";
import { type Block, paragraph, type Picture, table } from "../document.ts";
import { measureText } from "../format.ts";
import { modelText, scanText } from "../models.ts";

const RULES: { readonly [K in PanelRecord["rule"]]: string } = {
  "largest-area": "largest true area",
  "median-agreement": "median agreement",
};

/** Which slices are shown and how well each mask fits, then the pictures of public scans. */
export function masksSection(result: RunResult, { panels }: MasksExperiment): Block[] {
  const rows = panels.map((panel) => [
    scanText(result, panel.case),
    `${panel.slice}`,
    RULES[panel.rule],
    panel.models.map(({ model, dice }) => `${namesOf(result, panel)(model)}: ${measureText(dice)}`)
      .join("; "),
    panel.file,
  ]);
  const isPublic = (panel: PanelRecord) =>
    result.dataset.cases.some(({ index, id }) => index === panel.case && id !== null);
  const shown = panels.filter(isPublic);
  return [
    paragraph(
      "Slices are chosen by rule, not by hand: of each scan the one with the largest true area, " +
        "and the one whose Dice, as a mean over the shown models, is the median of all slices " +
        "that are positive in truth. Green: prediction and truth; orange: prediction only; blue: " +
        "truth only." +
        (shown.length < panels.length
          ? " Pictures of scans that are not public stay in the folder of the results."
          : ""),
    ),
    ...table("Slices that are shown", ["scan", "slice", "rule", "Dice in the slice", "file"], rows),
    ...shown.map((panel) => pictureOf(result, panel)),
  ];
}

function pictureOf(result: RunResult, panel: PanelRecord): Picture {
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
