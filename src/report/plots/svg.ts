/**
 * Plots as SVG, without a browser. Nothing else imports Vega, which takes a tenth of a second.
 *
 * @module
 */

import * as vega from "vega";
import { compile } from "vega-lite";
import type { Specification } from "../document.ts";

/** Places of paths and transforms with more digits than a screen or a printer has. */
const PLACES = /( (?:d|transform)=")([^"]*)(")/g;

/**
 * Draws a Vega-Lite specification. The same one gives the same text, unless a mark is clipped:
 * Vega counts clips through the whole process.
 */
export async function svg(specification: Specification): Promise<string> {
  const compiled = compile(JSON.parse(JSON.stringify(specification)));
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none" });
  try {
    return (await view.toSVG()).replaceAll(
      PLACES,
      (_, before: string, places: string, after: string) =>
        before + places.replaceAll(/-?\d+\.\d{3,}/g, rounded) + after,
    );
  } finally {
    view.finalize();
  }
}

function rounded(number: string): string {
  return String(Number(Number(number).toFixed(2)));
}
