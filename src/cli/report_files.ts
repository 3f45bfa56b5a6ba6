/**
 * A report as files: the page, the Markdown, and every figure and table by itself.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import { lookAt } from "../base/is_there.ts";
import type { Progress } from "../progress/mod.ts";
import {
  type Block,
  blocksOf,
  csv,
  csvOfRecords,
  type Figure,
  figuresOf,
  type Json,
  latex,
  markdown,
  markdownTable,
  page,
  picturesOf,
} from "../report/mod.ts";
import { png } from "../report/plots/png.ts";
import { svg } from "../report/plots/svg.ts";

/** Where a report goes. */
export interface WriteRequest {
  /** The folder; it is made. */
  readonly out: string;
  /** Where a picture of a result lies. */
  readonly sourceOf: (result: number, file: string) => string;
  /** Told how far the work has come. */
  readonly progress: Progress;
  /** Stops the work between two figures. */
  readonly signal: AbortSignal;
}

/** What was written. */
export interface WrittenReport {
  /** Path of the page. */
  readonly page: string;
  /** Its bytes. */
  readonly bytes: number;
  /** Path of the Markdown. */
  readonly report: string;
  /** Names of the figures. */
  readonly figures: readonly string[];
  /** Names of the pictures. */
  readonly pictures: readonly string[];
  /** Names of the tables. */
  readonly tables: readonly string[];
  /** Scans in viewers. */
  readonly scans: number;
}

/**
 * Writes a report; the page last, so that what it links to is there.
 *
 * @throws InputError when the folder cannot be written to; the reason of the signal
 */
export async function writeReport(
  blocks: readonly Block[],
  { out, sourceOf, progress, signal }: WriteRequest,
): Promise<WrittenReport> {
  const folders = { figures: join(out, "figures"), tables: join(out, "tables") };
  Object.values(folders).forEach(makeFolder);
  const [figures, pictures] = [figuresOf(blocks), picturesOf(blocks)];
  const tables = blocksOf(blocks, "table");
  progress.start("figures", figures.length + pictures.length);
  const drawn = new Map<string, string>();
  for (const figure of figures) {
    await throwIfInterrupted(signal);
    const drawing = await svg(figure.specification);
    drawn.set(figure.name, drawing);
    const path = join(folders.figures, figure.name);
    writeAtomically(`${path}.svg`, [drawing]);
    writeAtomically(`${path}.png`, [await png(drawing)]);
    writeAtomically(`${path}.csv`, [csvOfRecords(dataOf(figure))]);
    progress.advance();
  }
  const copied = new Map<string, Uint8Array>();
  for (const { name, result, file } of pictures) {
    const bytes = Deno.readFileSync(sourceOf(result, file));
    copied.set(name, bytes);
    writeAtomically(join(folders.figures, `${name}.png`), [bytes]);
    progress.advance();
  }
  progress.stop();
  for (const table of tables) {
    const path = join(folders.tables, table.name);
    writeAtomically(`${path}.csv`, [csv(table)]);
    writeAtomically(`${path}.md`, [`${markdownTable(table)}\n`]);
    writeAtomically(`${path}.tex`, [latex([table])]);
  }
  const paths = { page: join(out, "index.html"), report: join(out, "report.md") };
  writeAtomically(paths.report, [markdown(blocks)]);
  const html = new TextEncoder().encode(page(blocks, { figures: drawn, pictures: copied }));
  writeAtomically(paths.page, [html]);
  return {
    ...paths,
    bytes: html.length,
    figures: figures.map(({ name }) => name),
    pictures: pictures.map(({ name }) => name),
    tables: tables.map(({ name }) => name),
    scans: blocksOf(blocks, "viewer").reduce((sum, { scans }) => sum + scans.length, 0),
  };
}

/** The data of a plot, as rows. */
function dataOf({ name, specification: { data } }: Figure): readonly { [key: string]: Json }[] {
  const values = (data as { readonly values?: unknown } | undefined)?.values;
  if (!Array.isArray(values)) throw new TypeError(`the figure ${name} has no data`);
  return values;
}

/** What every PNG file begins with. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bytes of the largest picture that is taken into a page. */
const LARGEST_PICTURE = 64 << 20;

/**
 * Whether there is a picture: a PNG file of bearable size. Results of a stranger may lie beside a
 * link to anything, of which a page shall show nothing.
 *
 * @throws InputError where the system does not tell
 */
export function isPicture(path: string): boolean {
  const found = lookAt(path, Deno.statSync);
  if (!found?.isFile || found.size > LARGEST_PICTURE) return false;
  const start = new Uint8Array(PNG.length);
  try {
    using file = Deno.openSync(path, { read: true });
    return file.readSync(start) === PNG.length && PNG.every((byte, at) => start[at] === byte);
  } catch (error) {
    throw new InputError(`${path} could not be read: ${messageOf(error)}`, {
      cause: error,
      advice: "check its permissions and the disk, or remove it: a report does without",
    });
  }
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InputError(`${path} could not be made: ${messageOf(error)}`, {
      cause: error,
      advice: "name a folder that may be written to",
    });
  }
}
