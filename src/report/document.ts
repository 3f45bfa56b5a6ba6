/**
 * A report before it is put anywhere: blocks of text, tables and figures, without a format.
 *
 * @module
 */

import type { Sight, Viewer } from "./viewer/viewer.ts";

export type { Sight, Viewer } from "./viewer/viewer.ts";

/** One piece of a report. */
export type Block =
  | Heading
  | Paragraph
  | List
  | Note
  | Table
  | Figure
  | Picture
  | Choice
  | Fold
  | Viewer;

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

/** What is set apart from the text around it. */
export interface Note {
  /** It is set apart. */
  readonly kind: "note";
  /** Whether it answers the reader's question, warns, or says what numbers cannot say. */
  readonly tone: "answer" | "warning" | "caveat";
  /** Its points. */
  readonly items: readonly string[];
}

/** A table. */
export interface Table {
  /** It is a table. */
  readonly kind: "table";
  /** Name of its files, without ending: small letters, digits and dashes, unique in a report. */
  readonly name: string;
  /** What it shows. */
  readonly caption: string;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Cells of each row, as many as columns. */
  readonly rows: readonly (readonly Cell[])[];
}

/** What stands in a cell of a table. */
export type Cell = string | Amount;

/** Numbers of a cell: rounded for readers, whole for programs. */
export interface Amount {
  /** As readers meet it. */
  readonly text: string;
  /** The number, or both ends of an interval; none where there is none. */
  readonly numbers: readonly number[];
  /** What must be known of it, such as why there is none: a footnote. */
  readonly remark?: string;
  /** The place in the viewer where it can be looked at. */
  readonly sight?: Sight;
}

/** A figure, drawn later by whoever puts the report somewhere. */
export interface Figure {
  /** It is a figure. */
  readonly kind: "figure";
  /** Name of its file, without ending: small letters, digits and dashes, unique in a report. */
  readonly name: string;
  /** What it shows. */
  readonly caption: string;
  /** The drawing as a Vega-Lite specification; its data are that of the plot, as rows. */
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

/** Several pieces of which a reader looks at one, such as the plots of each scan. */
export interface Choice {
  /** It is a choice. */
  readonly kind: "choice";
  /** What is chosen, such as `scan`. */
  readonly label: string;
  /** What there is to choose from. */
  readonly options: readonly {
    /** Its name. */
    readonly text: string;
    /** What it shows. */
    readonly blocks: readonly Block[];
  }[];
}

/** What few readers want to see, under a title. */
export interface Fold {
  /** It can be folded. */
  readonly kind: "fold";
  /** The title. */
  readonly text: string;
  /** What is under it. */
  readonly blocks: readonly Block[];
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

/** What is set apart, or nothing where it has no points. */
export function note(tone: Note["tone"], items: readonly string[]): Note[] {
  return items.length > 0 ? [{ kind: "note", tone, items }] : [];
}

/** A table, or nothing where it has no rows. */
export function table(
  name: string,
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Table[] {
  return rows.length > 0 ? [{ kind: "table", name, caption, columns, rows }] : [];
}

/** A figure. */
export function figure(name: string, caption: string, specification: Specification): Figure {
  return { kind: "figure", name, caption, specification };
}

/** A choice, or nothing where there is nothing to choose; one option stands for itself. */
export function choice(label: string, options: Choice["options"]): Block[] {
  if (options.length === 1) return [...options[0].blocks];
  return options.length > 0 ? [{ kind: "choice", label, options }] : [];
}

/** A fold, or nothing where there is nothing in it. */
export function fold(text: string, blocks: readonly Block[]): Fold[] {
  return blocks.length > 0 ? [{ kind: "fold", text, blocks }] : [];
}

/** The text of a cell. */
export function textOfCell(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

/**
 * Blocks with each of them, those inside of others too, replaced by one or more or nothing.
 *
 * @example
 * ```ts
 * import { fold, paragraph, replaced } from "./document.ts";
 * import assert from "node:assert/strict";
 * const blocks = fold("more", [paragraph("a"), paragraph("b")]);
 * const kept = replaced(blocks, (one) => one.kind === "paragraph" && one.text === "a" ? [] : [one]);
 * assert.deepEqual(kept, fold("more", [paragraph("b")]));
 * ```
 */
export function replaced(blocks: readonly Block[], by: (block: Block) => Block[]): Block[] {
  return blocks.flatMap((block) => {
    if (block.kind === "fold") return by({ ...block, blocks: replaced(block.blocks, by) });
    if (block.kind !== "choice") return by(block);
    const options = block.options.map(({ text, blocks }) => ({
      text,
      blocks: replaced(blocks, by),
    })).filter(({ blocks }) => blocks.length > 0);
    return options.length > 0 ? by({ ...block, options }) : [];
  });
}

/** All blocks of a kind, in their order, those inside of others too. */
export function blocksOf<K extends Block["kind"]>(
  blocks: readonly Block[],
  kind: K,
): Extract<Block, { readonly kind: K }>[] {
  type Wanted = Extract<Block, { readonly kind: K }>;
  return blocks.flatMap((block): Wanted[] => {
    const own = block.kind === kind ? [block as Wanted] : [];
    const inner = block.kind === "fold"
      ? block.blocks
      : block.kind === "choice"
      ? block.options.flatMap(({ blocks }) => blocks)
      : [];
    return [...own, ...blocksOf(inner, kind)];
  });
}
