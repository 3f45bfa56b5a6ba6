/**
 * Reports: results told as text, tables and figures.
 *
 * @module
 */

export * from "./document.ts";
export { lossPlot, type LossPoint } from "./plots/loss.ts";
export { roofline } from "./plots/roofline.ts";
export { comparisonBlocks, OUTCOMES } from "./comparison.ts";
export { findings, gateBlocks } from "./gate.ts";
export { latex } from "./latex.ts";
export { markdown } from "./markdown.ts";
export { plainText } from "./plain_text.ts";
export { figuresOf, picturesOf, report, type ReportOptions } from "./report.ts";
