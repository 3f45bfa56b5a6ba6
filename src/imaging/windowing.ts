/**
 * Grey-level windows: from Hounsfield units to what a network sees, 0 to 1 (PS3.3 C.11.2.1.2).
 *
 * @module
 */

import { hounsfieldSlice, type HounsfieldSource, rescaleOf } from "./hounsfield.ts";
import { refusal } from "./refusal.ts";
import { windowNameTold } from "./told_texts.ts";
import type { GreyTable, StoredVoxels, Volume, Window } from "./volume.ts";

/** Windows with a name, as centre and width in HU. */
export const WINDOW_PRESETS = {
  /** Lung: -1350 to 150 HU. */
  lung: { center: -600, width: 1500, function: "LINEAR" },
  /** Soft tissue: -125 to 225 HU; blanks ground glass. */
  mediastinal: { center: 50, width: 350, function: "LINEAR" },
} as const satisfies Record<string, Window>;

/** Name of a preset window. */
export type WindowPreset = keyof typeof WINDOW_PRESETS;

/** The preset that shows all of the lung. */
export const LUNG_PRESET: WindowPreset = "lung";

/** Name of a window: the file's own, a preset, or none where values are windowed already. */
export type WindowName = "metadata" | WindowPreset | "none";

/** Windows that go by a name. */
export const WINDOW_NAMES: readonly WindowName[] = [
  "metadata",
  ...Object.keys(WINDOW_PRESETS) as WindowPreset[],
  "none",
];

/** The window where none is named. */
export const DEFAULT_WINDOW: WindowName = "metadata";

/**
 * Which window to use: `metadata` (the file's own; the first, or one by its number from 1 or by its
 * name), a preset, `none` (the values are windowed already), or a window in numbers.
 */
export type WindowChoice =
  | "metadata"
  | { readonly metadata: number | string }
  | WindowPreset
  | "none"
  | Window;

/** A choice made for one volume: what each slice gets, and what one should know of it. */
export interface WindowPlan {
  /** Where it came from: `metadata`, a preset's name, `none` or `given`. */
  readonly from: "metadata" | WindowPreset | "none" | "given";
  /** One window for all slices, or one a slice; empty for `none`. */
  readonly windows: readonly Window[];
  /** For `none`: what a stored value is divided by; 1 where it lies in [0, 1] already. */
  readonly scale: number;
  /** Warnings, one sentence each. */
  readonly warnings: readonly string[];
}

/** HU of lung tissue, from air in it to ground glass and consolidation. */
const LUNG_RANGE = { from: -1000, to: -200 } as const;
/** A window that makes more than this share of that range all black or all white is warned of. */
const MOST_CLIPPED = 0.5;

/**
 * Decides the window of a volume.
 *
 * `none` divides unsigned 8-bit values by 255 and unsigned 16-bit ones by 65535 (their type's
 * range, never the data's: a scan must not be scaled by its own brightest voxel); other types, and
 * rescaled values, must lie in [0, 1] already, which `windowSlice` checks.
 *
 * @throws InputError where the metadata has no (such) window, or a window is illegal
 */
export function planWindow(
  volume: Pick<Volume, "windows" | "rescale" | "voxels">,
  choice: WindowChoice,
): WindowPlan {
  if (choice === "none") return plan("none", [], scaleOfNone(volume));
  if (choice === "metadata") return plan("metadata", metadataWindows(volume, 1));
  if (typeof choice === "string") return plan(choice, [WINDOW_PRESETS[choice]]);
  if ("metadata" in choice) return plan("metadata", metadataWindows(volume, choice.metadata));
  if (!isLegalWindow(choice)) {
    throw refusal(
      "bad-window",
      `The window ${choice.center}/${choice.width} (${choice.function}) is illegal: the width must ` +
        "be at least 1 (LINEAR) or above 0.",
    );
  }
  return plan("given", [choice]);
}

function plan(from: WindowPlan["from"], windows: readonly Window[], scale = 1): WindowPlan {
  const warnings = new Set(windows.flatMap((window) => {
    const share = clippedLungShare(window);
    return share <= MOST_CLIPPED ? [] : [
      `Window ${window.center}/${window.width} makes ${Math.round(100 * share)} % of the lung's ` +
      `range (${LUNG_RANGE.from} to ${LUNG_RANGE.to} HU) all black or all white.`,
    ];
  }));
  if (windows.length > 1) {
    warnings.add("The window differs between slices; each slice gets its own.");
  }
  return { from, windows, scale, warnings: [...warnings] };
}

function metadataWindows(
  volume: Pick<Volume, "windows">,
  which: number | string,
): readonly Window[] {
  const advice = `Name a preset (${Object.keys(WINDOW_PRESETS).join(", ")}), none, or a window.`;
  if (volume.windows.length === 0) {
    throw refusal("no-window", "The scan's metadata has no window.", advice);
  }
  const windows = volume.windows.map((list) => windowOf(list, which));
  const lacking = windows.findIndex((window) => window === undefined);
  if (lacking >= 0) {
    const list = volume.windows[lacking];
    throw refusal(
      "no-window",
      `The scan's metadata has ${list.length} windows` +
        `${volume.windows.length > 1 ? ` for slice ${lacking}` : ""}` +
        `${list.length === 0 ? "" : ` (${list.map(inWords).join(", ")})`}, ` +
        (typeof which === "number" ? `not number ${which}.` : `none called ${which}.`),
      advice,
    );
  }
  return windows as readonly Window[];
}

/** A window of a list by its number from 1, or by its name, in letters of any size. */
function windowOf(list: readonly Window[], which: number | string): Window | undefined {
  if (typeof which === "number") return list[which - 1];
  const wanted = which.toLowerCase();
  return list.find(({ name }) => name?.toLowerCase() === wanted);
}

/** A window for a person: its numbers, and its name where it has one that may be told. */
export function inWords({ center, width, name, table }: Window): string {
  const numbers = table === undefined
    ? `${center}/${width}`
    : `table of ${table.values.length} from ${table.first} HU`;
  const told = windowNameTold(name);
  return told === undefined ? numbers : `${numbers} ${told}`;
}

function scaleOfNone({ rescale, voxels }: Pick<Volume, "rescale" | "voxels">): number {
  const plain = rescale.every(({ slope, intercept }) => slope === 1 && intercept === 0);
  if (plain && voxels instanceof Uint8Array) return 255;
  if (plain && voxels instanceof Uint16Array) return 65535;
  return 1;
}

/** Whether the standard allows a window: width at least 1 for LINEAR, above 0 for the others. */
export function isLegalWindow({ center, width, function: voiFunction }: Window): boolean {
  return Number.isFinite(center) && Number.isFinite(width) &&
    (voiFunction === "LINEAR" ? width >= 1 : width > 0);
}

/** Share of the lung's range that a window maps to 0 or to 1 alone. */
export function clippedLungShare(window: Window): number {
  if (window.function === "SIGMOID") return 0;
  if (window.table !== undefined) return clippedByTable(window.table);
  const [low, high] = edges(window);
  const { from, to } = LUNG_RANGE;
  const inside = Math.min(to, high) - Math.max(from, low);
  return 1 - Math.max(0, inside) / (to - from);
}

/** Share of the lung's range that a table maps to its darkest or to its brightest level alone. */
function clippedByTable({ first, values }: GreyTable): number {
  const level = (hu: number) => values[Math.max(0, Math.min(values.length - 1, hu - first))];
  const [dark, bright] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  let clipped = 0;
  for (let hu = LUNG_RANGE.from; hu < LUNG_RANGE.to; hu++) {
    if (level(hu) === dark || level(hu) === bright) clipped++;
  }
  return clipped / (LUNG_RANGE.to - LUNG_RANGE.from);
}

/** HU at which a linear window reaches 0 and 1. */
function edges({ center, width, function: voiFunction }: Window): readonly [number, number] {
  return voiFunction === "LINEAR"
    ? [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2]
    : [center - width / 2, center + width / 2];
}

/**
 * Applies a window in place: HU become values in [0, 1]; NaN becomes 0.
 *
 * LINEAR: x <= c-0.5-(w-1)/2 is 0, x > c-0.5+(w-1)/2 is 1, else (x-(c-0.5))/(w-1)+0.5.
 * LINEAR_EXACT: x <= c-w/2 is 0, x > c+w/2 is 1, else (x-c)/w+0.5. SIGMOID: 1/(1+exp(-4(x-c)/w)).
 *
 * @example
 * ```ts
 * import { applyWindow } from "./windowing.ts";
 * import assert from "node:assert/strict";
 * // The standard's example: c=2048, w=4096.
 * const values = applyWindow(Float32Array.of(0, 4095), { center: 2048, width: 4096, function: "LINEAR" });
 * assert.deepEqual([...values], [0, 1]);
 * ```
 */
export function applyWindow(
  values: Float32Array<ArrayBuffer>,
  window: Window,
): Float32Array<ArrayBuffer> {
  const { center, width, table } = window;
  if (table !== undefined) return throughTable(values, table);
  if (window.function === "SIGMOID") {
    for (let at = 0; at < values.length; at++) {
      const value = 1 / (1 + Math.exp(-4 * (values[at] - center) / width));
      values[at] = value >= 0 ? value : 0;
    }
    return values;
  }
  const [low, high] = edges(window);
  const [middle, range] = window.function === "LINEAR"
    ? [center - 0.5, width - 1]
    : [center, width];
  for (let at = 0; at < values.length; at++) {
    const hu = values[at];
    // Written so that NaN, which compares false, ends at 0.
    values[at] = hu > high ? 1 : hu > low ? (hu - middle) / range + 0.5 : 0;
  }
  return values;
}

/** Grey levels of a table for the nearest whole HU, 0 to 1; NaN becomes 0. */
function throughTable(
  values: Float32Array<ArrayBuffer>,
  { first, values: levels, most }: GreyTable,
): Float32Array<ArrayBuffer> {
  const last = levels.length - 1;
  for (let at = 0; at < values.length; at++) {
    const entry = Math.max(0, Math.min(last, Math.round(values[at]) - first));
    values[at] = Number.isNaN(entry) ? 0 : levels[entry] / most;
  }
  return values;
}

/**
 * Slice `z` of a volume, windowed: float32 in [0, 1], index y * X + x.
 *
 * @param out filled and returned if given, else a new array
 * @throws InputError for `none` on values outside [0, 1]
 */
export function windowSlice(
  volume: HounsfieldSource,
  z: number,
  { windows, scale }: WindowPlan,
  out?: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const values = hounsfieldSlice(volume, z, out);
  if (windows.length > 0) {
    return applyWindow(values, windows.length === 1 ? windows[0] : windows[z]);
  }
  for (let at = 0; at < values.length; at++) {
    const value = values[at] / scale;
    if (!(value >= 0 && value <= 1)) {
      if (!Number.isNaN(value)) throw notWindowed(values[at]);
      values[at] = 0;
    } else values[at] = value;
  }
  return values;
}

/** Windows slice `z` of the volume that it was made for, as `windowSlice` does. */
export type SliceWindower = (
  z: number,
  out?: Float32Array<ArrayBuffer>,
) => Float32Array<ArrayBuffer>;

/**
 * A function that windows the slices of one volume, made once for all of them: where voxels are of
 * 8 or 16 bits and there are more of them than values they can have, it looks results up in a table
 * instead of computing them. The results are those of `windowSlice`, bit for bit.
 *
 * @throws InputError, when it is called, where `windowSlice` does
 *
 * @example
 * ```ts
 * import { sliceWindower, WINDOW_PRESETS } from "./windowing.ts";
 * import assert from "node:assert/strict";
 * const volume = { voxels: Int16Array.of(-2000, -600, 200), shape: [1, 1, 3],
 *   rescale: [{ slope: 1, intercept: 0 }] } as const;
 * const plan = { from: "lung", windows: [WINDOW_PRESETS.lung], scale: 1, warnings: [] } as const;
 * assert.deepEqual([...sliceWindower(volume, plan)(0)].map((value) => value.toFixed(2)),
 *   ["0.00", "0.50", "1.00"]);
 * ```
 */
export function sliceWindower(volume: HounsfieldSource, plan: WindowPlan): SliceWindower {
  const codes = codesOf(volume.voxels);
  // without a window values may be refused, and only those that are there
  if (codes === null || plan.windows.length === 0) {
    return (z, out) => windowSlice(volume, z, plan, out);
  }
  const plane = volume.shape[1] * volume.shape[2];
  const levels = levelsOf(codes);
  const sharing = oneWindow(volume, plan) ? volume.shape[0] : 1;
  if (sharing * plane < levels) return (z, out) => windowSlice(volume, z, plan, out);
  const table = new Float32Array(levels);
  let made = -1;
  return (z, out = new Float32Array(plane)) => {
    if (made < 0 || (sharing === 1 && made !== z)) {
      fillTable(table, volume, z, plan);
      made = z;
    }
    const from = z * plane;
    for (let at = 0; at < plane; at++) out[at] = table[codes[from + at]];
    return out;
  };
}

/** A volume as bits, and what `windowSlice` makes of them in any slice. */
export interface WindowedCodes {
  /** Voxels, order (z, y, x), as the bits that make them. */
  readonly codes: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** By those bits: float32 in [0, 1]. */
  readonly table: Float32Array<ArrayBuffer>;
}

/**
 * A volume whose window is one table for all slices; null where it is none: voxels of more than 16
 * bits, slices with windows or rescaling of their own, or values that have to be looked at first.
 */
export function windowedCodes(volume: HounsfieldSource, plan: WindowPlan): WindowedCodes | null {
  const codes = codesOf(volume.voxels);
  if (codes === null || plan.windows.length === 0 || !oneWindow(volume, plan)) return null;
  const table = new Float32Array(levelsOf(codes));
  fillTable(table, volume, 0, plan);
  return { codes, table };
}

/** How many values a voxel can have. */
function levelsOf({ BYTES_PER_ELEMENT }: Uint8Array | Uint16Array): number {
  return 2 ** (8 * BYTES_PER_ELEMENT);
}

/** Whether the same is done to all slices. */
function oneWindow({ rescale }: HounsfieldSource, { windows }: WindowPlan): boolean {
  return Math.max(rescale.length, windows.length) <= 1;
}

/** Stored values as the bits that make them, an index from 0; null where these are too many. */
function codesOf(
  { buffer, byteOffset, length, constructor }: StoredVoxels,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | null {
  switch (constructor) {
    case Int8Array:
    case Uint8Array:
      return new Uint8Array(buffer, byteOffset, length);
    case Int16Array:
    case Uint16Array:
      return new Uint16Array(buffer, byteOffset, length);
    default:
      return null;
  }
}

/** What `windowSlice` makes of every value that a voxel of slice `z` can have, by its bits. */
function fillTable(
  table: Float32Array<ArrayBuffer>,
  { voxels, rescale }: HounsfieldSource,
  z: number,
  { windows, ...plan }: WindowPlan,
): void {
  const every = new (voxels.constructor as Uint16ArrayConstructor)(table.length);
  const codes = codesOf(every)!;
  for (let code = 0; code < codes.length; code++) codes[code] = code;
  const source = {
    voxels: every,
    shape: [1, 1, table.length],
    rescale: [rescaleOf({ rescale }, z)],
  } as const;
  const window = windows.length === 1 ? windows[0] : windows[z];
  windowSlice(source, 0, { ...plan, windows: [window] }, table);
}

function notWindowed(value: number): Error {
  return refusal(
    "not-windowed",
    `The window none needs values that are windowed already; ${value} is not in [0, 1].`,
    "Name a window, or store the image as uint8, uint16, or floats from 0 to 1.",
  );
}
