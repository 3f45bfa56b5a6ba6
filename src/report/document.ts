/**
 * A report before it is put anywhere: blocks of text, tables and figures, without a format.
 *
 * @module
 */

/** One piece of a report. */
export type Block = Heading | Paragraph | List | Table | Figure | Picture;

/** A title. */
export interface Heading {
  /** It is a title. */
  readonly kind: "heading";
  /** 1 for the report, 2 for a result, 3 for a section. */
  readonly level: 1 | 2 | 3;
  /** The words. */
  readonly text: string;
}

/** A paragraph. */
export interface Paragraph {
  /** It is a paragraph. */
  readonly kind: "paragraph";
  /** The words. */
  readonly text: string;
}

/** A list of points. */
export interface List {
  /** It is a list. */
  readonly kind: "list";
  /** Its points. */
  readonly items: readonly string[];
}

/** A table. */
export interface Table {
  /** It is a table. */
  readonly kind: "table";
  /** What it shows. */
  readonly caption: string;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Cells of each row, as many as columns. */
  readonly rows: readonly (readonly string[])[];
}

/** A figure, drawn later by whoever puts the report somewhere. */
export interface Figure {
  /** It is a figure. */
  readonly kind: "figure";
  /** Name of its file, without ending: small letters, digits and dashes, unique in a report. */
  readonly name: string;
  /** What it shows. */
  readonly caption: string;
  /** The drawing as a Vega-Lite specification, data included. */
  readonly specification: Specification;
}

/** A picture that a run left beside its results; who puts the report somewhere copies it. */
export interface Picture {
  /** It is a picture. */
  readonly kind: "picture";
  /** Name of its file in the report, without ending, as those of figures. */
  readonly name: string;
  /** What it shows. */
  readonly caption: string;
  /** Which of the results it belongs to, from 0. */
  readonly result: number;
  /** Its PNG file, relative to the folder of that result. */
  readonly file: string;
}

/** A Vega-Lite specification: JSON. */
export type Specification = { readonly [key: string]: Json };

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [key: string]: Json;
};

/** A title. */
export function heading(level: Heading["level"], text: string): Heading {
  return { kind: "heading", level, text };
}

/** A paragraph. */
export function paragraph(text: string): Paragraph {
  return { kind: "paragraph", text };
}

/** A list, or nothing where it has no points. */
export function list(items: readonly string[]): List[] {
  return items.length > 0 ? [{ kind: "list", items }] : [];
}

/** A table, or nothing where it has no rows. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Table[] {
  return rows.length > 0 ? [{ kind: "table", caption, columns, rows }] : [];
}
