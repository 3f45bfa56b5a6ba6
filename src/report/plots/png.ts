/**
 * Plots as PNG, without a browser: resvg draws what Vega wrote as SVG.
 *
 * The font comes along (DejaVu Sans, a free licence), since a drawing must not hang on the fonts of
 * a machine, and since resvg leaves text out, silently, where it has no font.
 *
 * @module
 */

import { initWasm, Resvg } from "@resvg/resvg-wasm";
import resvg from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };
import font from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "bytes" };

/** Pixels a unit of the SVG, so that text is sharp. */
const ZOOM = 2;

let ready: Promise<void> | undefined;

/** An SVG as a PNG of twice its size; the same SVG gives the same bytes. */
export async function png(svg: string): Promise<Uint8Array> {
  await (ready ??= initWasm(resvg));
  const drawing = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: ZOOM },
    font: {
      fontBuffers: [font],
      loadSystemFonts: false,
      defaultFontFamily: "DejaVu Sans",
      sansSerifFamily: "DejaVu Sans",
    },
  });
  try {
    const picture = drawing.render();
    try {
      return picture.asPng();
    } finally {
      picture.free();
    }
  } finally {
    drawing.free();
  }
}
