/**
 * One series as one stack of slices: what must agree, what is left out, what is refused.
 *
 * @module
 */

import { refusal } from "../refusal.ts";
import { DIRECTION_TOLERANCE, FEWEST_SLICES, partsOf, SPACING_TOLERANCE } from "./parts.ts";
import type { IngestNote } from "../volume.ts";
import type { Slice } from "./slice.ts";

/** The slices of one SeriesInstanceUID, or of one pass of it. */
export interface Series {
  /** SeriesInstanceUID; empty for the slices that have none. */
  readonly uid: string;
  /** SeriesNumber, null where there is none. */
  readonly number: number | null;
  /** What tells it from others of that identifier, such as `acquisition 2`; null if there are none. */
  readonly part: string | null;
  /** In the order of file names and frames; the order means nothing. */
  readonly slices: readonly Slice[];
  /** What was left out of it, and beside it. */
  readonly notes: readonly IngestNote[];
}

/** What one can choose a series by, without opening it. */
export interface SeriesSummary {
  /** 1 for the first: what the option `series` takes. */
  readonly index: number;
  /** SeriesNumber, null where there is none. */
  readonly number: number | null;
  /** Modality, null where there is none. */
  readonly modality: string | null;
  /** What tells it from others of the same identifier; null where there are none. */
  readonly part: string | null;
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
    parts: partsOf(members),
  })).sort((a, b) =>
    (a.number ?? Infinity) - (b.number ?? Infinity) || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0)
  ).flatMap(({ uid, number, parts }) =>
    parts.map(({ name, slices, notes }): Series => ({ uid, number, part: name, slices, notes }))
  );
}

/** What one can choose among. */
export function summaries(series: readonly Series[]): SeriesSummary[] {
  return series.map(({ number, part, slices }, at) => ({
    index: at + 1,
    number,
    modality: slices[0].modality,
    part,
    slices: slices.length,
    size: [slices[0].rows, slices[0].columns],
  }));
}

/**
 * The one series to read. Without a choice it is the only one that is a scan: scouts, captures and
 * reports beside it are left out, and told.
 *
 * @param choice position from 1 in the list, or a SeriesInstanceUID; needed if several are scans
 */
export function chooseSeries(
  path: string,
  series: readonly Series[],
  choice: number | string | undefined,
): Series {
  const list = summaries(series).map(({ index, number, modality, part, slices, size }) =>
    `${index}: ${modality ?? "no modality"}, ${slices} ${slices === 1 ? "slice" : "slices"} of ${
      size.join("x")
    }${number === null ? "" : `, series number ${number}`}${part === null ? "" : `, ${part}`}`
  ).join("; ");
  if (choice === undefined) {
    const scans = series.filter(isScan);
    if (scans.length === 1 || series.length === 1) {
      return besideOthers(scans[0] ?? series[0], series);
    }
    throw refusal(
      "several-series",
      `${path} holds ${series.length} series (${list}).`,
      'Choose one by its number in this list: --series N, or "series": N in a manifest.',
      { series: summaries(series) },
    );
  }
  const chosen = typeof choice === "number"
    ? series.slice(choice - 1, choice)
    : series.filter(({ uid }) => uid === choice);
  if (chosen.length !== 1) {
    throw refusal(
      "no-such-series",
      chosen.length === 0
        ? `${path} has no such series; it holds ${list}.`
        : `${path} has that series in ${chosen.length} parts; it holds ${list}.`,
      'Choose one by its number in this list: --series N, or "series": N in a manifest.',
    );
  }
  return chosen[0];
}

/** Whether a series is a scan, not a scout, a capture, a report or a picture or two. */
export function isScan({ slices }: Series): boolean {
  return slices.length >= FEWEST_SLICES &&
    slices.every(({ position, localizer, capture }) => position !== null && !localizer && !capture);
}

/** The series, with a note of those that were left aside for it. */
function besideOthers(chosen: Series, all: readonly Series[]): Series {
  const others = all.filter((one) => one !== chosen);
  if (others.length === 0) return chosen;
  const images = others.flatMap(({ slices }) => slices);
  const note: IngestNote = {
    kind: "ignored",
    rule: "other-series",
    message: `${others.length} other series of ${images.length} images (scouts, captures, reports)`,
    files: images.map(({ file }) => file),
  };
  return { ...chosen, notes: [note, ...chosen.notes] };
}

/**
 * The slices of a series that make its volume: they must be usable and agree in size, orientation,
 * pixel spacing and frame of reference.
 */
export function agreeingSlices({ slices }: Series): readonly Slice[] {
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
  {
    rule: "mixed-size",
    what: "size",
    of: ({ rows, columns }) => [`${rows}x${columns}`],
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
    what: "way to HU",
    of: ({ transform: { lut, stated } }) => [
      lut !== null ? "a table" : stated ? "slope and intercept" : "none stated",
    ],
    within: 0,
  },
  {
    rule: "mixed-orientation",
    what: "orientation",
    of: ({ orientation }) =>
      orientation === null ? ["none"] : [...orientation.row, ...orientation.column],
    within: DIRECTION_TOLERANCE,
  },
  {
    rule: "mixed-pixel-spacing",
    what: "pixel spacing",
    of: ({ pixelSpacing }) => pixelSpacing ?? ["none"],
    within: SPACING_TOLERANCE,
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
