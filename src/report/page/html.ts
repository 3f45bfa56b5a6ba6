/**
 * Blocks as HTML.
 *
 * @module
 */

import {
  type Amount,
  type Block,
  blocksOf,
  type Cell,
  type Choice,
  type Figure,
  type Fold,
  type Heading,
  type Note,
  type Picture,
  type Table,
  textOfCell,
} from "../document.ts";
import { remarksOf } from "../remarks.ts";
import { escaped, slug } from "./escape.ts";
import { viewerHtml } from "./viewer_html.ts";

/** What blocks only name. */
export interface PageParts {
  /** Figures as SVG, by their names. */
  readonly figures: ReadonlyMap<string, string>;
  /** Pictures as PNG, by their names. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  /** Whether files of figures and tables stand beside the page (default: yes). */
  readonly files?: boolean;
}

/** A title of the page, for its contents. */
export interface Entry {
  /** Where it stands. */
  readonly id: string;
  /** How deep. */
  readonly level: Heading["level"];
  /** The words. */
  readonly text: string;
}

/** Blocks in HTML with their titles. */
export interface Body {
  /** The HTML. */
  readonly html: string;
  /** The titles, in their order. */
  readonly entries: readonly Entry[];
}

/** Blocks as HTML; ids and names in it are unique if those of the blocks are. */
export function bodyOf(blocks: readonly Block[], parts: PageParts): Body {
  const entries: Entry[] = [];
  const used = new Set<string>();
  const html = chaptersOf(blocks).map((chapter) => {
    const [viewer] = blocksOf(chapter, "viewer");
    const writer = new Writer(parts, viewer?.name ?? null, new Set(viewer?.scans.map(caseOf)));
    return chapter.map((block) => {
      if (block.kind !== "heading") return writer.block(block);
      const id = uniqueId(slug(block.text), used);
      entries.push({ id, level: block.level, text: block.text });
      return `<h${block.level} id="${id}">${escaped(block.text)}</h${block.level}>`;
    }).join("\n");
  }).join("\n");
  return { html, entries };
}

const caseOf = ({ case: index }: { readonly case: number }) => index;

/** Blocks from one title of a result to the next. */
function chaptersOf(blocks: readonly Block[]): Block[][] {
  const chapters: Block[][] = [[]];
  for (const block of blocks) {
    if (block.kind === "heading" && block.level === 2) chapters.push([]);
    chapters.at(-1)!.push(block);
  }
  return chapters;
}

function uniqueId(wanted: string, used: Set<string>): string {
  let id = wanted;
  for (let n = 2; used.has(id); n++) id = `${wanted}-${n}`;
  used.add(id);
  return id;
}

/** Writes the blocks of one chapter. */
class Writer {
  readonly #parts: PageParts;
  readonly #viewer: string | null;
  readonly #inViewer: ReadonlySet<number>;

  constructor(parts: PageParts, viewer: string | null, inViewer: ReadonlySet<number>) {
    this.#parts = parts;
    this.#viewer = viewer;
    this.#inViewer = inViewer;
  }

  block(block: Exclude<Block, Heading>): string {
    switch (block.kind) {
      case "paragraph":
        return `<p>${escaped(block.text)}</p>`;
      case "list":
        return listHtml(block.items.map(escaped));
      case "note":
        return noteHtml(block);
      case "table":
        return this.#table(block);
      case "figure":
        return this.#figure(block);
      case "picture":
        return this.#picture(block);
      case "choice":
        return this.#choice(block);
      case "fold":
        return this.#fold(block);
      case "viewer":
        return viewerHtml(block);
    }
  }

  #blocks(blocks: readonly Block[]): string {
    return blocks.map((block) =>
      block.kind === "heading"
        ? `<p><strong>${escaped(block.text)}</strong></p>`
        : this.block(block)
    ).join("\n");
  }

  #table(table: Table): string {
    const { name, caption, columns, rows } = table;
    const remarks = remarksOf(table);
    const flushRight = columns.map((_, column) => rows.every((row) => isNumber(row[column])));
    const align = (column: number) => (flushRight[column] ? ' class="number"' : "");
    const head = columns.map((text, column) =>
      `<th scope="col"${align(column)}>${escaped(text)}</th>`
    );
    const body = rows.map((row) => {
      const cells = row.map((cell, column) => {
        const tag = column === 0 ? 'th scope="row"' : "td";
        const mark = remarks.markOf(cell);
        const noted = mark === null ? "" : `<sup>${mark}</sup>`;
        const inner = `${this.#cell(cell)}${noted}`;
        return `<${tag}${align(column)}>${inner}</${tag.split(" ")[0]}>`;
      });
      return `<tr>${cells.join("")}</tr>`;
    });
    const notes = remarks.texts.map((text, i) => `<sup>${i + 1}</sup> ${escaped(text)}`);
    return `<figure class="table" id="table-${name}">
<figcaption id="caption-${name}">${escaped(caption)}</figcaption>
<div class="scroll" tabindex="0" role="group" aria-labelledby="caption-${name}">
<table aria-labelledby="caption-${name}">
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody></table></div>${notes.length > 0 ? `\n<p class="remarks">${notes.join("; ")}</p>` : ""}${
      this.#files("tables", name, ["csv", "md", "tex"])
    }</figure>`;
  }

  #cell(cell: Cell): string {
    const text = escaped(textOfCell(cell));
    if (typeof cell === "string") return text;
    const data = cell.numbers.length === 0
      ? text
      : `<data value="${cell.numbers.join(" ")}">${text}</data>`;
    return this.#link(cell, data);
  }

  /** A link to the slice that a cell tells of, where it can be looked at. */
  #link({ sight }: Amount, inner: string): string {
    if (!sight || this.#viewer === null || !this.#inViewer.has(sight.case)) return inner;
    const slice = sight.slice === undefined ? "" : ` data-slice="${sight.slice}"`;
    return `<a href="#${this.#viewer}" data-viewer="${this.#viewer}" data-case="${sight.case}"` +
      `${slice}>${inner}</a>`;
  }

  #figure({ name, caption }: Figure): string {
    const drawing = this.#parts.figures.get(name);
    if (drawing === undefined) throw new Error(`the figure ${name} was not drawn`);
    return `<figure class="plot" id="figure-${name}">
<div class="scroll" tabindex="0" role="group" aria-label="${escaped(caption)}">${
      asPicture(drawing, caption)
    }</div>
<figcaption>${escaped(caption)}</figcaption>${
      this.#files("figures", name, ["svg", "png", "csv"])
    }</figure>`;
  }

  #picture({ name, caption }: Picture): string {
    const bytes = this.#parts.pictures.get(name);
    if (bytes === undefined) throw new Error(`the picture ${name} is not at hand`);
    return `<figure class="masks" id="figure-${name}">
<img src="data:image/png;base64,${bytes.toBase64()}" alt="${escaped(caption)}">
<figcaption>${escaped(caption)}</figcaption>${this.#files("figures", name, ["png"])}</figure>`;
  }

  #choice({ label, options }: Choice): string {
    const texts = options.map(({ text }) => `<option>${escaped(text)}</option>`);
    const shown = options.map(({ text, blocks }) =>
      `<div class="option"><p class="name">${escaped(text)}</p>\n${this.#blocks(blocks)}</div>`
    );
    return `<div class="choice"><label>${escaped(label)} <select>${texts.join("")}</select></label>
${shown.join("\n")}</div>`;
  }

  #fold({ text, blocks }: Fold): string {
    return `<details><summary>${escaped(text)}</summary>\n${this.#blocks(blocks)}\n</details>`;
  }

  /** Links to what stands beside the page. */
  #files(folder: string, name: string, endings: readonly string[]): string {
    if (this.#parts.files === false) return "";
    const links = endings.map((ending) =>
      `<a href="${folder}/${name}.${ending}" aria-label="${name} as ${ending.toUpperCase()}">` +
      `${ending.toUpperCase()}</a>`
    );
    return `\n<p class="files">${links.join(" ")}</p>`;
  }
}

/**
 * A drawing that is one picture to a screen reader, which has the table beside it; what its marks
 * say of themselves is kept for whoever points at them.
 */
function asPicture(drawing: string, caption: string): string {
  return drawing.replaceAll(/ role="graphics-[a-z]+"/g, "")
    .replaceAll(' aria-label="', ' data-tip="')
    .replaceAll(' aria-roledescription="', ' data-mark="')
    .replace("<svg ", `<svg role="img" aria-label="${escaped(caption)}" `);
}

function listHtml(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join("\n")}</ul>`;
}

/** What stands before a colon at the beginning of an answer. */
const LEAD = /^([A-Z][\w ]{2,60}:) /;

function noteHtml({ tone, items }: Note): string {
  const texts = items.map((item) => {
    const lead = tone === "answer" ? LEAD.exec(item) : null;
    return lead
      ? `<strong>${escaped(lead[1])}</strong> ${escaped(item.slice(lead[0].length))}`
      : escaped(item);
  });
  const inner = texts.length === 1 ? `<p>${texts[0]}</p>` : listHtml(texts);
  return `<div class="note ${tone}">${inner}</div>`;
}

/** Whether a cell is a number, or stands for none. */
function isNumber(cell: Cell): boolean {
  if (typeof cell === "string") return cell === "-";
  return cell.numbers.length === 1 || cell.remark !== undefined;
}
