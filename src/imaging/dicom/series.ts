/**
 * One series as one stack of slices: what must agree, what is left out, what is refused.
 *
 * @module
 */

import { refusal } from "../refusal.ts";
import type { IngestNote } from "../volume.ts";
import type { Slice } from "./slice.ts";

/** The slices of one SeriesInstanceUID. */
export interface Series {
  /** SeriesInstanceUID; empty for the slices that have none. */
  readonly uid: string;
  /** SeriesNumber, null where there is none. */
  readonly number: number | null;
  /** In the order of file names and frames; the order means nothing. */
  readonly slices: readonly Slice[];
}

/** What one can choose a series by, without opening it. */
export interface SeriesSummary {
  /** 1 for the first: what the option `series` takes. */
  readonly index: number;
  /** SeriesNumber, null where there is none. */
  readonly number: number | null;
  /** Modality, null where there is none. */
  readonly modality: string | null;
  /** How many slices it has. */
  readonly slices: number;
  /** Rows and columns of its first slice. */
  readonly size: readonly [rows: number, columns: number];
}

/** Slices by series, in the order of SeriesNumber, then of SeriesInstanceUID. */
export function bySeries(slices: readonly Slice[]): Series[] {
  const groups = Map.groupBy(slices, ({ series }) => series);
  return [...groups].map(([uid, members]) => ({
    uid,
    number: members[0].seriesNumber,
    slices: members,
  })).sort((a, b) =>
    (a.number ?? Infinity) - (b.number ?? Infinity) || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0)
  );
}

/** What one can choose among. */
export function summaries(series: readonly Series[]): SeriesSummary[] {
  return series.map(({ number, slices }, at) => ({
    index: at + 1,
    number,
    modality: slices[0].modality,
    slices: slices.length,
    size: [slices[0].rows, slices[0].columns],
  }));
}

/**
 * The one series to read.
 *
 * @param choice position from 1 in the list, or a SeriesInstanceUID; needed if there are several
 */
export function chooseSeries(
  path: string,
  series: readonly Series[],
  choice: number | string | undefined,
): Series {
  const list = summaries(series).map(({ index, number, modality, slices, size }) =>
    `${index}: ${modality ?? "no modality"}, ${slices} ${slices === 1 ? "slice" : "slices"} of ${
      size.join("x")
    }${number === null ? "" : `, series number ${number}`}`
  ).join("; ");
  if (choice === undefined) {
    if (series.length === 1) return series[0];
    throw refusal(
      "several-series",
      `${path} holds ${series.length} series (${list}).`,
      "Choose one with the option series (its number in this list).",
      { series: summaries(series) },
    );
  }
  const chosen = typeof choice === "number"
    ? series[choice - 1]
    : series.find(({ uid }) => uid === choice);
  if (chosen === undefined) {
    throw refusal("no-such-series", `${path} has no such series; it holds ${list}.`);
  }
  return chosen;
}

/**
 * The slices of a series that make its volume: localizers that came with it are left out; all
 * others must be usable and agree in size, format, orientation, pixel spacing and frame of
 * reference.
 */
export function agreeingSlices(series: Series, notes: IngestNote[]): readonly Slice[] {
  const scans = series.slices.filter(({ localizer }) => !localizer);
  const slices = scans.length > 0 ? scans : series.slices;
  if (slices.length < series.slices.length) {
    notes.push({
      kind: "ignored",
      rule: "localizer",
      message: `${series.slices.length - slices.length} localizer images of the series`,
      files: series.slices.filter(({ localizer }) => localizer).map(({ file }) => file),
    });
  }
  for (const { defect } of slices) if (defect !== null) throw defect;
  for (const rule of AGREEMENTS) requireAgreement(slices, rule);
  requireOneFrameOfReference(slices);
  return slices;
}

interface Agreement {
  readonly rule: string;
  readonly what: string;
  /** What must agree: texts to the letter, numbers within `within`. */
  readonly of: (slice: Slice) => readonly (string | number)[];
  readonly within: number;
}

const AGREEMENTS: readonly Agreement[] = [
  { rule: "mixed-size", what: "size", of: ({ rows, columns }) => [rows, columns], within: 0 },
  {
    rule: "mixed-format",
    what: "pixel format",
    of: ({ format }) => [format.allocated, format.signed ? "signed" : "unsigned"],
    within: 0,
  },
  { rule: "mixed-photometric", what: "photometric", of: (slice) => [slice.photometric], within: 0 },
  {
    rule: "mixed-modality",
    what: "modality",
    of: (slice) => [slice.modality ?? "none"],
    within: 0,
  },
  {
    rule: "mixed-transform",
    what: "modality transform",
    of: ({ transform }) => [transform.lut === null ? "slope and intercept" : "table"],
    within: 0,
  },
  {
    rule: "mixed-orientation",
    what: "orientation",
    of: ({ orientation }) =>
      orientation === null ? ["none"] : [...orientation.row, ...orientation.column],
    // 0.006 degrees: directions are written with four digits or more.
    within: 1e-4,
  },
  {
    rule: "mixed-pixel-spacing",
    what: "pixel spacing",
    of: ({ pixelSpacing }) => pixelSpacing ?? ["none"],
    within: 1e-4,
  },
];

function requireAgreement(slices: readonly Slice[], { rule, what, of, within }: Agreement): void {
  const kinds: { readonly values: readonly (string | number)[]; readonly members: Slice[] }[] = [];
  for (const slice of slices) {
    const values = of(slice);
    const kind = kinds.find((other) =>
      values.length === other.values.length &&
      values.every((value, at) => agrees(value, other.values[at], within))
    );
    if (kind === undefined) kinds.push({ values, members: [slice] });
    else kind.members.push(slice);
  }
  if (kinds.length === 1) return;
  const [usual, odd] = kinds.toSorted((a, b) => b.members.length - a.members.length);
  throw refusal(
    rule,
    `${odd.members[0].file} has another ${what} (${odd.values.join(" ")}) than ` +
      `${usual.members[0].file} of the same series (${usual.values.join(" ")}).`,
    "A volume needs slices of one kind: separate them first.",
  );
}

function agrees(a: string | number, b: string | number, within: number): boolean {
  return typeof a === "number" && typeof b === "number" ? Math.abs(a - b) <= within : a === b;
}

function requireOneFrameOfReference(slices: readonly Slice[]): void {
  const [first] = slices;
  const other = slices.find(({ frameOfReference }) => frameOfReference !== first.frameOfReference);
  if (other !== undefined) {
    throw refusal(
      "mixed-frame-of-reference",
      `${other.file} and ${first.file} lie in different frames of reference.`,
      "Their positions cannot be compared: separate them first.",
    );
  }
}
