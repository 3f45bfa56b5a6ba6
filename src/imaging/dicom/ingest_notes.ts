/**
 * What the metadata of a series is worth noting.
 *
 * @module
 */

import type { IngestNote } from "../volume.ts";
import type { Repair } from "./attributes.ts";
import { sameArray } from "./pixels.ts";
import { unitTold } from "../told_texts.ts";
import { inWords } from "../windowing.ts";
import type { Slice } from "./slice.ts";

type Note = Omit<IngestNote, "files">;

/**
 * Adds what a reader of the volume should know of its slices, ordered as they are stacked.
 *
 * @param resampled whether they were interpolated to an even grid
 */
export function noteFacts(slices: readonly Slice[], resampled: boolean, notes: IngestNote[]): void {
  const facts = [
    ...formNotes(slices),
    ...unitNotes(slices),
    ...windowNotes(slices),
    ...geometryNotes(slices, resampled),
  ];
  notes.push(...facts);
}

/** Adds a note of slices whose values have bits beside those that count. */
export function noteSurplusBits(slices: readonly Slice[], notes: IngestNote[]): void {
  if (slices.length === 0) return;
  const overlays = slices.every(({ overlay }) => overlay);
  const [{ format }] = slices;
  notes.push({
    kind: overlays ? "found" : "warning",
    rule: "surplus-bits",
    message: `values of ${slices.length} slices have bits beside the ${format.stored} that ` +
      "BitsStored and HighBit say count; they are left out" +
      (overlays
        ? ": overlays lie there"
        : ". If the header understates its values, HU are wrong: wrapped around, or of fewer digits"),
    files: slices.map(({ file }) => file),
  });
}

/** What was read though the standard does not allow it, by the rule's name. */
const REPAIRS: Readonly<Record<string, string>> = {
  "decimal-comma": "numbers with a comma for their point are read as such",
  "wrong-multiplicity": "attributes with surplus or oddly separated values are read where clear",
} satisfies Record<Repair, string>;

function formNotes(slices: readonly Slice[]): Note[] {
  const notes: Note[] = [];
  for (const lack of [...new Set(slices.flatMap(({ lacks }) => lacks))].sort()) {
    const count = slices.filter(({ lacks }) => lacks.includes(lack)).length;
    const repair = REPAIRS[lack];
    if (repair !== undefined) {
      notes.push({ kind: "repaired", rule: lack, message: `${repair} in ${count} slices` });
      continue;
    }
    notes.push({
      kind: "repaired",
      rule: `no-${lack.replaceAll(" ", "-")}`,
      message: `${count} of ${slices.length} slices state no ${lack}; it was told from the bytes`,
    });
  }
  const padding = [...new Set(slices.flatMap(({ padding }) => padding ?? []))];
  const limits = [...new Set(slices.flatMap(({ paddingLimit }) => paddingLimit ?? []))];
  if (padding.length > 0) {
    notes.push({
      kind: "found",
      rule: "pixel-padding",
      message: `PixelPaddingValue ${padding.join(", ")}` +
        `${limits.length > 0 ? ` to ${limits.join(", ")}` : ""} is kept as stored and rescaled ` +
        "like any other value; a window makes it 0 where it lies below",
    });
  }
  if (slices.some(({ format }) => !format.signStated)) {
    notes.push({
      kind: "repaired",
      rule: "no-sign",
      message: "PixelRepresentation is missing or illegal; the values are the same with and " +
        "without a sign",
    });
  }
  if (slices.some(({ format }) => !sameArray(format, slices[0].format))) {
    notes.push({
      kind: "found",
      rule: "mixed-format",
      message: "slices are stored in different ways (signed and unsigned, or of 8 and 16 bits), " +
        "each is read in its own",
    });
  }
  const excess = slices.filter(({ excess }) => excess > 0);
  if (excess.length > 0) {
    notes.push({
      kind: "repaired",
      rule: "excess-pixels",
      message: `pixel data of ${excess.length} slices are followed by up to ` +
        `${Math.max(...excess.map(({ excess }) => excess))} bytes that belong to no pixel`,
    });
  }
  if (slices[0].photometric === "MONOCHROME1") {
    notes.push({
      kind: "found",
      rule: "monochrome1",
      message: "MONOCHROME1 (low values shown bright): HU are not changed by it, and windows map " +
        "high HU to 1 as for MONOCHROME2",
    });
  }
  return notes;
}

function unitNotes(slices: readonly Slice[]): Note[] {
  const notes: Note[] = [];
  const [{ modality, transform }] = slices;
  if (modality !== "CT") {
    notes.push({
      kind: "warning",
      rule: "not-ct",
      message: modality === null
        ? "the modality is not stated, or none of the standard's: values are taken for HU"
        : `the modality is ${modality}, not CT: values are taken for HU`,
    });
  }
  if (slices.some(({ transform }) => !transform.stated)) {
    notes.push({
      kind: "warning",
      rule: "no-rescale",
      message: "no RescaleSlope and RescaleIntercept: stored values are taken for HU",
    });
  }
  if (slices.some(({ transform }) => transform.slopeless)) {
    notes.push({
      kind: "repaired",
      rule: "no-slope",
      message: "RescaleIntercept without RescaleSlope: the slope is taken for 1",
    });
  }
  if (transform.unit !== null && transform.unit !== "HU") {
    notes.push({
      kind: "warning",
      rule: "not-hu",
      message: `the unit after rescaling is ${unitTold(transform.unit)}, not HU`,
    });
  }
  if (transform.lut !== null) {
    notes.push({
      kind: "found",
      rule: "modality-lut",
      message: "a Modality LUT gives the HU",
    });
  }
  const rescales = new Set(slices.map(({ transform }) => JSON.stringify(transform.rescale)));
  if (rescales.size > 1) {
    notes.push({
      kind: "found",
      rule: "rescale-per-slice",
      message: `${rescales.size} different rescales, each applied to its own slices`,
    });
  }
  return notes;
}

function windowNotes(slices: readonly Slice[]): Note[] {
  const notes: Note[] = [];
  const faults = [...new Set(slices.flatMap(({ windows }) => windows.faults))];
  for (const fault of faults) {
    notes.push({ kind: "warning", rule: "bad-window", message: `${fault}: left out` });
  }
  const lists = new Set(slices.map(({ windows }) => windows.windows.map(inWords).join("; ")));
  if (slices.some(({ windows }) => windows.windows.some(({ table }) => table !== undefined))) {
    notes.push({
      kind: "found",
      rule: "voi-lut",
      message: "VOI LUTs, tables from HU to grey levels, count as windows",
    });
  }
  if (lists.size > 1) {
    notes.push({
      kind: "found",
      rule: "window-per-slice",
      message: `the window differs between slices (${lists.size} kinds) and is applied per slice`,
    });
  } else if (slices[0].windows.windows.length > 1) {
    notes.push({
      kind: "found",
      rule: "several-windows",
      message: `${slices[0].windows.windows.length} windows ` +
        `(${slices[0].windows.windows.map(inWords).join(", ")}); the first is used unless one is ` +
        "chosen by its number or name",
    });
  }
  return notes;
}

function geometryNotes(slices: readonly Slice[], resampled: boolean): Note[] {
  const notes: Note[] = [];
  const tilt = slices.find(({ tilt }) => tilt !== null && Math.abs(tilt) > 0.05)?.tilt;
  if (tilt !== undefined && !resampled) {
    notes.push({
      kind: "warning",
      rule: "tilt-stated",
      message: `GantryDetectorTilt is ${tilt} degrees although the positions show no lean`,
    });
  }
  if (slices[0].pixelSpacing === null) {
    notes.push({
      kind: "warning",
      rule: "no-pixel-spacing",
      message: "PixelSpacing is missing or illegal: nothing can be told in millimetres",
    });
  }
  return notes;
}
