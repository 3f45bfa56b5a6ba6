/**
 * Reports: results told as text, tables and figures.
 *
 * @module
 */

export * from "./document.ts";
export { lossPlot, type LossPoint } from "./plots/loss.ts";
export { roofline } from "./plots/roofline.ts";
export { markdown } from "./markdown.ts";
export { figuresOf, picturesOf, report, type ReportOptions } from "./report.ts";
