/**
 * From stored values to Hounsfield units, and the windows a file suggests (PS3.3 C.11).
 *
 * @module
 */

import type { Rescale, Window } from "../volume.ts";
import { refusal } from "../refusal.ts";
import { isLegalWindow } from "../windowing.ts";
import type { Attributes, Tag } from "./attributes.ts";

/** A Modality LUT: HU of a stored value v is `values[clamp(v - first)]` (PS3.3 C.11.1.1.1). */
export interface ModalityLut {
  /** Stored value of the first entry. */
  readonly first: number;
  /** HU of the entries. */
  readonly values: Uint16Array<ArrayBuffer>;
}

/** How the stored values of a slice become Hounsfield units. */
export interface ModalityTransform {
  /** Slope and intercept; the identity where there is a table. */
  readonly rescale: Rescale;
  /** The table, null where slope and intercept do it. */
  readonly lut: ModalityLut | null;
  /** Whether the file says anything; without, stored values pass for HU. */
  readonly stated: boolean;
  /** Whether it has an intercept but no slope, which then is 1. */
  readonly slopeless: boolean;
  /** The unit the file names (`HU`), null if it names none. */
  readonly unit: string | null;
}

/** What stands in for a transform that cannot be read; its slice is refused. */
export const NO_TRANSFORM: ModalityTransform = {
  rescale: { slope: 1, intercept: 0 },
  lut: null,
  stated: false,
  slopeless: false,
  unit: null,
};

/** The modality transform of a slice, from its own data set or its functional group. */
export function modalityTransform(
  file: string,
  from: Attributes,
  signed: boolean,
): ModalityTransform {
  const [sequence] = from.items("x00283000");
  if (sequence !== undefined) {
    return {
      rescale: { slope: 1, intercept: 0 },
      lut: modalityLut(file, sequence, signed),
      stated: true,
      slopeless: false,
      unit: sequence.text("x00283004") ?? null,
    };
  }
  const [slope, intercept] = [
    scalar(file, "RescaleSlope", from, "x00281053"),
    scalar(file, "RescaleIntercept", from, "x00281052"),
  ];
  const rescale = { slope: slope ?? 1, intercept: intercept ?? 0 };
  if (slope !== undefined && intercept === undefined) {
    throw refusal(
      "bad-rescale",
      `${file} has a RescaleSlope (${slope}) but no RescaleIntercept: HU may be off by 1024.`,
      "Set RescaleIntercept (0028,1052); most scanners write -1024.",
    );
  }
  if (rescale.slope === 0) {
    throw refusal("bad-rescale", `${file}: RescaleSlope is 0, which would erase the image.`);
  }
  return {
    rescale,
    lut: null,
    stated: slope !== undefined || intercept !== undefined,
    slopeless: slope === undefined && intercept !== undefined,
    unit: from.text("x00281054") ?? null,
  };
}

/** A single number that a text holds, undefined where it is absent. */
function scalar(file: string, name: string, from: Attributes, tag: Tag): number | undefined {
  const value = from.vector(tag, 1);
  if (value !== null) return value?.[0];
  throw refusal(
    "bad-rescale",
    `${file}: ${name} is "${from.text(tag)?.slice(0, 100)}", which is not one number.`,
    `Correct ${name}.`,
  );
}

function modalityLut(file: string, from: Attributes, signed: boolean): ModalityLut {
  const table = lookupTable(from, signed);
  if (typeof table === "string") {
    throw refusal("bad-modality-lut", `${file}: the Modality LUT ${table}.`);
  }
  return table;
}

/** A lookup table of the standard (PS3.3 C.11), or what is wrong with it. */
function lookupTable(
  from: Attributes,
  signed: boolean,
): ModalityLut & { readonly bits: number } | string {
  const count = from.unsigned("x00283002", 0);
  const first = from.word("x00283002", signed, 1);
  const bits = from.unsigned("x00283002", 2);
  const data = from.place("x00283006");
  if (count === undefined || first === undefined || bits === undefined || data === undefined) {
    return "lacks its descriptor or data";
  }
  const entries = count === 0 ? 65536 : count;
  // Entries of 8 bits take a byte each or, as most write them, a word each.
  const bytes = bits <= 8 && data.length < 2 * entries ? 1 : 2;
  if (
    bits < 1 || bits > 16 || data.length < bytes * entries ||
    data.offset + data.length > from.bytes.length
  ) {
    return `states ${entries} entries of ${bits} bits but has ${data.length} bytes`;
  }
  const values = Uint16Array.from(
    { length: entries },
    (_, index) =>
      bytes === 1 ? from.bytes[data.offset + index] : from.unsigned("x00283006", index) ?? 0,
  );
  return { first, values, bits };
}

/** The windows of a slice, and what is wrong with those that were left out. */
export interface StatedWindows {
  /** The usable ones, in order. */
  readonly windows: readonly Window[];
  /** One sentence a fault. */
  readonly faults: readonly string[];
}

const FUNCTIONS = ["LINEAR", "LINEAR_EXACT", "SIGMOID"] as const;

/**
 * The windows of a slice (PS3.3 C.11.2.1.2), then its VOI LUTs, which are tables instead. A width
 * below 1 (LINEAR) or not above 0 is illegal; so is a VOI LUT function that the standard does not
 * have. Illegal ones are left out.
 *
 * @param signed whether HU may be below 0, so that a table's first entry may
 */
export function statedWindows(from: Attributes, signed: boolean): StatedWindows {
  const faults: string[] = [];
  const windows = [...linearWindows(from, faults), ...tables(from, signed, faults)];
  return { windows, faults };
}

function linearWindows(from: Attributes, faults: string[]): Window[] {
  const windows: Window[] = [];
  const centers = from.numbers("x00281050");
  const widths = from.numbers("x00281051");
  const names = from.texts("x00281055");
  if (centers.length !== widths.length) {
    faults.push(`${centers.length} window centres stand beside ${widths.length} widths`);
  }
  const stated = from.text("x00281056") ?? "LINEAR";
  const voiFunction = FUNCTIONS.find((name) => name === stated);
  if (voiFunction === undefined) {
    faults.push("the VOI LUT function is none of the standard's");
    return windows;
  }
  for (let index = 0; index < Math.min(centers.length, widths.length); index++) {
    const name = names.length === centers.length && names[index] !== "" ? names[index] : null;
    const window = {
      center: centers[index],
      width: widths[index],
      function: voiFunction,
      ...(name === null ? {} : { name }),
    };
    if (isLegalWindow(window)) windows.push(window);
    else faults.push(`window ${centers[index]}/${widths[index]} is illegal`);
  }
  return windows;
}

function tables(from: Attributes, signed: boolean, faults: string[]): Window[] {
  return from.items("x00283010").flatMap((item): Window[] => {
    const stated = item.place("x00283002")?.vr;
    const table = lookupTable(item, stated === "SS" || (stated !== "US" && signed));
    if (typeof table === "string") {
      faults.push(`a VOI LUT ${table}`);
      return [];
    }
    const { first, values, bits } = table;
    const name = item.text("x00283003");
    return [{
      center: first + values.length / 2,
      width: values.length,
      function: "LINEAR_EXACT",
      ...(name === undefined ? {} : { name }),
      table: { first, values, most: 2 ** bits - 1 },
    }];
  });
}
