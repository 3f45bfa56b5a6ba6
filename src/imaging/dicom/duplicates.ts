/**
 * Copies of slices: the same image in the same place more than once.
 *
 * @module
 */

import { refusal } from "../refusal.ts";
import type { IngestNote } from "../volume.ts";
import { samePlaces, sliceNormal } from "./geometry.ts";
import { sameValues, type SliceReader, storedArray } from "./pixels.ts";
import type { Slice } from "./slice.ts";

/** A slice that says where it lies. */
export type PlacedSlice = Slice & {
  readonly position: NonNullable<Slice["position"]>;
  readonly orientation: NonNullable<Slice["orientation"]>;
};

/** One slice a place: copies are dropped, different slices in one place are refused. */
export function withoutDuplicates(
  slices: readonly PlacedSlice[],
  notes: IngestNote[],
  reader: SliceReader,
): PlacedSlice[] {
  const { row, column } = slices[0].orientation;
  const dropped = new Set<PlacedSlice>();
  for (const places of samePlaces(slices, sliceNormal(row, column))) {
    if (places.length < 2) continue;
    // Which copy is kept must not hang on file names.
    const [kept, ...others] = places.map((index) => slices[index])
      .toSorted((a, b) => a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : 0);
    for (const other of others) {
      if (!sameSlice(kept, other, reader)) {
        throw refusal(
          "duplicate-position",
          `${kept.file} and ${other.file} lie in the same place but differ.`,
          "A volume has one slice a place: separate phases, echoes or reconstructions first.",
        );
      }
      dropped.add(other);
    }
  }
  if (dropped.size > 0) {
    notes.push({
      kind: "repaired",
      rule: "duplicate-slice",
      message: `${dropped.size} ${dropped.size === 1 ? "copy" : "copies"} of slices left out`,
      files: [...dropped].map(({ file }) => file),
    });
  }
  return slices.filter((slice) => !dropped.has(slice));
}

function sameSlice(a: PlacedSlice, b: PlacedSlice, reader: SliceReader): boolean {
  const readings = [a, b].map((slice) => ({
    slice,
    target: storedArray(slice.format, slice.rows * slice.columns),
  }));
  reader.read(readings);
  const values = readings.map(({ target }) => target);
  return JSON.stringify([a.transform.rescale, a.windows.windows, a.position]) ===
      JSON.stringify([b.transform.rescale, b.windows.windows, b.position]) &&
    JSON.stringify(a.transform.lut) === JSON.stringify(b.transform.lut) &&
    sameValues(values[0], values[1]);
}
