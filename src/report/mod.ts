/**
 * Reports: results told as text, tables and figures, and these as Markdown, as a page, as files.
 *
 * @module
 */

export * from "./document.ts";
export { lossPlot, type LossPoint } from "./plots/loss.ts";
export { roofline } from "./plots/roofline.ts";
export { comparisonBlocks, OUTCOMES } from "./comparison.ts";
export { csv, csvOfRecords } from "./csv.ts";
export { findings, gateBlocks } from "./gate.ts";
export { latex } from "./latex.ts";
export { markdown, markdownTable } from "./markdown.ts";
export { page, type PageOptions } from "./page/page.ts";
export type { PageParts } from "./page/html.ts";
export { plainText } from "./plain_text.ts";
export {
  panelName,
  trainingBlocks,
  type TrainingLine,
  type TrainingPanel,
  type TrainingStory,
} from "./training.ts";
export type { ViewerMask, ViewerScan, ViewerWindow } from "./viewer/viewer.ts";
export { figuresOf, picturesOf, report, type ReportOptions } from "./report.ts";
export type { ComparedResults } from "./sections/compared.ts";
