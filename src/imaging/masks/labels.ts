/**
 * Which labels of a file count, and the mask that they make.
 *
 * @module
 */

import { basename } from "node:path";
import { refusal } from "../refusal.ts";
import type { IngestNote } from "../volume.ts";
import type { LabelImage, NamedLabel } from "./label_image.ts";

/** A label: its number, or the name that a file has for it. */
export type Label = number | string;

/** A value of a layer that counts. */
export interface ChosenLabel {
  /** The value. */
  readonly value: number;
  /** The layer it lies in; null for every layer. */
  readonly layer: number | null;
}

/** Labels that an error or a note lists. */
const LISTED = 12;

/**
 * The labels that count: those that were asked for, else all but 0, which is told where they are
 * several, since a truth with lungs and lesions is mostly not meant to count as one. Of segments that
 * share a name all count; a number that segments of several layers share names none of them.
 *
 * @param used labels that the file has
 * @param named names of labels
 * @throws InputError for a label that the file does not know, or a number of several segments
 */
export function chosenLabels(
  path: string,
  labels: readonly Label[] | undefined,
  used: ReadonlySet<number>,
  named: readonly NamedLabel[],
  notes: IngestNote[],
): readonly ChosenLabel[] {
  if (labels === undefined) {
    const all = [...used].filter((value) => value !== 0).sort((a, b) => a - b);
    const segments = named.filter(({ value }) => value !== 0 && used.has(value));
    const count = Math.max(all.length, segments.length);
    if (count > 1) {
      notes.push({
        kind: "warning",
        rule: "several-labels",
        message: `${count} labels (${listOf(all, named)}) all count as foreground; name those ` +
          'that should: --labels, or "labels" in a manifest',
      });
    }
    return all.map((value) => ({ value, layer: null }));
  }
  return labels.flatMap((label): ChosenLabel[] => {
    const found = named.filter(({ name, value }) => name === label || value === label);
    if (typeof label === "number") {
      if (new Set(found.map(({ layer }) => layer)).size < 2) return [{ value: label, layer: null }];
      throw refusal(
        "ambiguous-label",
        `${basename(path)} has ${found.length} segments of the number ${label}, one a layer: ` +
          `${found.map(({ name }) => name).join(", ")}.`,
        "Name the one that is meant.",
      );
    }
    if (found.length > 0) return found.map(({ value, layer }) => ({ value, layer }));
    throw refusal(
      "no-such-label",
      `${basename(path)} has no label called "${label}"` +
        (named.length === 0
          ? ": it has no names."
          : `; it has ${named.map(({ name }) => name).join(", ")}.`),
      "Name another one, or its number.",
    );
  });
}

function listOf(values: readonly number[], named: readonly NamedLabel[]): string {
  const words = values.slice(0, LISTED).map((value) => {
    const names = named.filter((label) => label.value === value && label.name !== "");
    return [value, names.map(({ name }) => name).join(" and ")].join(" ").trim();
  });
  return words.join(", ") + (values.length > LISTED ? ", ..." : "");
}

/** Labels may be off a whole number by this, after rescaling. */
const WHOLE = 1e-3;

/** Distinct labels that are kept count of; more is no label map. */
const MOST_LABELS = 4096;

/**
 * The mask of an image of labels, in the order of its file.
 *
 * @throws InputError for values that are no labels (fractions, negative, NaN), and for labels that
 * are asked for and occur nowhere though others do
 */
export function maskOfLabels(
  path: string,
  image: LabelImage,
  labels: readonly Label[] | undefined,
  notes: IngestNote[],
): Uint8Array<ArrayBuffer> {
  const { layers, named } = image;
  const used = new Set<number>();
  const rounded = layers.map((layer) => {
    const table = labelTable(path, image, layer, used);
    return { layer, table };
  });
  const chosen = chosenLabels(path, labels, used, named, notes);
  if (labels !== undefined) noteAbsent(chosen, used, notes);
  const mask = new Uint8Array(layers[0].length);
  rounded.forEach(({ layer, table }, index) => {
    const wanted = new Set(
      chosen.filter((label) => label.layer === null || label.layer === index)
        .map(({ value }) => value),
    );
    const counts = new Map([...table].map(([stored, label]) => [stored, wanted.has(label)]));
    let [last, counted] = [NaN, false];
    for (let at = 0; at < mask.length; at++) {
      const stored = layer[at];
      if (stored !== last) [last, counted] = [stored, counts.get(stored) === true];
      if (counted) mask[at] = 1;
    }
  });
  return mask;
}

/** The label of every stored value of a layer. */
function labelTable(
  path: string,
  { rescale: { slope, intercept } }: LabelImage,
  layer: LabelImage["layers"][number],
  used: Set<number>,
): Map<number, number> {
  const table = new Map<number, number>();
  let last = NaN;
  for (let at = 0; at < layer.length; at++) {
    const stored = layer[at];
    if (stored === last) continue;
    last = stored;
    if (table.has(stored)) continue;
    const value = stored * slope + intercept;
    const label = Math.round(value);
    if (!(Math.abs(value - label) <= WHOLE) || label < 0 || table.size > MOST_LABELS) {
      throw refusal(
        "not-a-mask",
        `${path} holds the value ${value}, which is no label: masks hold whole numbers from 0.`,
        "Threshold a probability map first.",
      );
    }
    table.set(stored, label);
    used.add(label);
  }
  return table;
}

/** Tells of labels that were asked for and that no voxel has: a healthy scan, or a wrong number. */
function noteAbsent(
  chosen: readonly ChosenLabel[],
  used: ReadonlySet<number>,
  notes: IngestNote[],
): void {
  const absent = chosen.filter(({ value }) => !used.has(value)).map(({ value }) => value);
  const others = [...used].filter((value) => value !== 0).sort((a, b) => a - b);
  if (absent.length === 0 || others.length === 0) return;
  notes.push({
    kind: "warning",
    rule: "absent-label",
    message: `no voxel has the label ${absent.join(", ")}; there are ${listOf(others, [])}`,
  });
}
