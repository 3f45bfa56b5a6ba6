/**
 * A scan with its masks, made ready for the viewer.
 *
 * @module
 */

import {
  applyWindow,
  hounsfieldSlice,
  imageResizer,
  resizeMask,
  type Volume,
  WINDOW_PRESETS,
  type WindowPlan,
  windowSlice,
} from "../../imaging/mod.ts";
import { codesOfHu, huOfCode } from "./grey_codes.ts";
import { packed } from "./packing.ts";
import { planeOf } from "./size.ts";
import { MOST_MASKS, type ViewerMask, type ViewerScan, type ViewerWindow } from "./viewer.ts";

/** What to show. */
export interface ViewerSource {
  /** Index of the case. */
  readonly case: number;
  /** The scan as readers meet it. */
  readonly text: string;
  /** The scan. */
  readonly volume: Pick<Volume, "voxels" | "shape" | "rescale" | "spacing">;
  /** The window that the network saw it through. */
  readonly window: WindowPlan;
  /** The same in words. */
  readonly windowText: string;
  /** 0 or 1 a voxel, order (z, y, x); null where there is none. */
  readonly truth: Uint8Array<ArrayBuffer> | null;
  /** Masks of models, likewise. */
  readonly masks: readonly {
    /** The model as readers meet it. */
    readonly text: string;
    /** Its kind. */
    readonly of: "2D" | "3D";
    /** The mask. */
    readonly mask: Uint8Array<ArrayBuffer>;
  }[];
}

/** Levels of a byte. */
const LEVELS = 256;

/**
 * Resizes and packs a scan, slice by slice. Areas are those of the scan's own grid; masks of more
 * models than there is room for are left out.
 *
 * @param side longer side of the slices in the page
 */
export function viewerScan(source: ViewerSource, side: number): ViewerScan {
  const { volume, truth, window } = source;
  const [slices, height, width] = volume.shape;
  const own = [height, width] as const;
  const plane = planeOf(volume.shape, side);
  const resize = imageResizer(own, plane);
  const encode = window.from === "none" ? codesOfGrey : codesOfHu;
  const masks = [
    ...(truth ? [{ text: "truth", of: "truth", mask: truth } as const] : []),
    ...source.masks,
  ].slice(0, MOST_MASKS);
  const [grey, bits]: [Uint8Array[], Uint8Array[]] = [[], []];
  const small = new Uint8Array(plane[0] * plane[1]);
  for (let z = 0; z < slices; z++) {
    const values = window.from === "none"
      ? windowSlice(volume, z, window)
      : hounsfieldSlice(volume, z);
    grey.push(packed(encode(resize(values)), plane[1]));
    const pixels = new Uint8Array(small.length);
    masks.forEach(({ mask }, bit) => {
      const slice = mask.subarray(z * height * width, (z + 1) * height * width);
      resizeMask(slice, own, plane, small);
      for (let at = 0; at < small.length; at++) pixels[at] |= small[at] << bit;
    });
    bits.push(packed(pixels, plane[1]));
  }
  const [, y, x] = volume.spacing ?? [1, 1, 1];
  return {
    case: source.case,
    text: source.text,
    plane,
    source: own,
    aspect: (y * height / plane[0]) / (x * width / plane[1]),
    windows: windowsOf(source),
    masks: masks.map(({ text, of, mask }) => ({ text, of, ...areasOf(mask, truth, slices) })),
    grey,
    bits,
  };
}

/** Codes of grey levels in [0, 1], where no window is applied. */
function codesOfGrey(grey: Float32Array): Uint8Array {
  const codes = new Uint8Array(grey.length);
  for (let at = 0; at < grey.length; at++) codes[at] = Math.round((LEVELS - 1) * grey[at]);
  return codes;
}

/** The network's window first, then those that have a name. */
function windowsOf({ window, windowText }: ViewerSource): ViewerWindow[] {
  const codes = Array.from({ length: LEVELS }, (_, code) => code);
  if (window.from === "none") return [{ text: "as stored", tables: [Uint8Array.from(codes)] }];
  const hu = Float32Array.from(codes, huOfCode);
  const table = (one: WindowPlan["windows"][number]) =>
    Uint8Array.from(applyWindow(hu.slice(), one), (grey) => Math.round((LEVELS - 1) * grey));
  return [
    { text: `the network's: ${windowText}`, tables: window.windows.map(table) },
    ...Object.entries(WINDOW_PRESETS).filter(([name]) => name !== window.from)
      .map(([name, preset]) => ({
        text: `${name} (${preset.center}/${preset.width})`,
        tables: [table(preset)],
      })),
  ];
}

/** Foreground of each slice, and what of it the truth has too. */
function areasOf(
  mask: Uint8Array,
  truth: Uint8Array | null,
  slices: number,
): Pick<ViewerMask, "areas" | "hits"> {
  const size = mask.length / slices;
  const counts = (other: Uint8Array) =>
    Array.from({ length: slices }, (_, z) => {
      let sum = 0;
      for (let at = z * size; at < (z + 1) * size; at++) sum += mask[at] & other[at];
      return sum;
    });
  return { areas: counts(mask), hits: truth && counts(truth) };
}
