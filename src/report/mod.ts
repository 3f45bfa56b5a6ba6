/**
 * Reports: results told as text, tables and figures, and these as Markdown, as a page, as files.
 *
 * @module
 */

export * from "./document.ts";
export { lossPlot, type LossPoint } from "./plots/loss.ts";
export { roofline } from "./plots/roofline.ts";
export { markdown, markdownTable } from "./markdown.ts";
export { page, type PageOptions } from "./page/page.ts";
export type { ViewerMask, ViewerScan, ViewerWindow } from "./viewer/viewer.ts";
export type { PageParts } from "./page/html.ts";
export { csv, csvOfRecords } from "./tables/csv.ts";
export { latex } from "./tables/latex.ts";
export { figuresOf, picturesOf, report, type ReportOptions } from "./report.ts";
