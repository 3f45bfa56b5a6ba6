/**
 * Panels of one slice: the slice, the truth, and what models made of it, side by side.
 *
 * @module
 */

import { encode } from "fast-png";

/** A colour: red, green, blue, 0 to 255. */
type Colour = readonly [number, number, number];

/** Okabe and Ito's colours: found, missed and invented foreground. */
const FOUND: Colour = [0, 158, 115];
const MISSED: Colour = [0, 114, 178];
const INVENTED: Colour = [230, 159, 0];

/** Share of a colour over the grey below. */
const OPACITY = 0.6;
/** White pixels between two pictures. */
const GAP = 4;
/** Smaller pictures are enlarged by a whole factor until the longer side has so many pixels. */
const LEAST = 192;

/** One slice with its masks, all of one size. */
export interface PanelSlice {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Windowed grey values in [0, 1]. */
  readonly grey: Float32Array;
  /** The true mask, 0 or 1. */
  readonly truth: Uint8Array;
  /** The predicted masks, 0 or 1. */
  readonly predictions: readonly Uint8Array[];
}

/** An image of 8 bits a channel, red, green, blue. */
export interface Picture {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Index (row * width + column) * 3 + channel. */
  readonly data: Uint8Array;
}

/**
 * Draws the slice, the truth over it, and each prediction over it: green where prediction and truth
 * agree on foreground, orange where only the prediction has it, blue where only the truth has it.
 *
 * @example
 * ```ts
 * import { drawPanel } from "./panels.ts";
 * import assert from "node:assert/strict";
 * const mask = Uint8Array.of(1);
 * const slice = { height: 1, width: 1, grey: Float32Array.of(1), truth: mask, predictions: [mask] };
 * const { height, width } = drawPanel(slice);
 * assert.deepEqual([height, width], [192, 3 * 192 + 2 * 4]);
 * ```
 */
export function drawPanel({ height, width, grey, truth, predictions }: PanelSlice): Picture {
  const scale = Math.max(1, Math.ceil(LEAST / Math.max(height, width)));
  const cells: ((pixel: number) => Colour | null)[] = [
    () => null,
    (pixel) => (truth[pixel] ? FOUND : null),
    ...predictions.map((mask) => (pixel: number) => {
      if (mask[pixel]) return truth[pixel] ? FOUND : INVENTED;
      return truth[pixel] ? MISSED : null;
    }),
  ];
  const full = cells.length * width * scale + (cells.length - 1) * GAP;
  const data = new Uint8Array(height * scale * full * 3).fill(255);
  cells.forEach((colourOf, cell) => {
    const left = cell * (width * scale + GAP);
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const pixel = Math.floor(y / scale) * width + Math.floor(x / scale);
        const shade = 255 * grey[pixel];
        const colour = colourOf(pixel);
        const at = (y * full + left + x) * 3;
        for (let c = 0; c < 3; c++) {
          data[at + c] = Math.round(
            colour ? (1 - OPACITY) * shade + OPACITY * colour[c] : shade,
          );
        }
      }
    }
  });
  return { height: height * scale, width: full, data };
}

/** A picture as a PNG file, without any text chunk. */
export function encodePicture({ height, width, data }: Picture): Uint8Array {
  return encode({ height, width, data, channels: 3, depth: 8 });
}
