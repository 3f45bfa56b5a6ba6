/**
 * A page: one HTML file that needs nothing else, and may ask for nothing else.
 *
 * Fonts are those of the reader's system: one that came along would be a megabyte in base64, more
 * than all else of a page without a viewer, and text that is drawn in the wrong one still reads.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";
import type { Block } from "../document.ts";
import choices from "./client/choices.ts" with { type: "text" };
import folds from "./client/folds.ts" with { type: "text" };
import tips from "./client/tips.ts" with { type: "text" };
import viewer from "./client/viewer.ts" with { type: "text" };
import { escaped } from "./escape.ts";
import { bodyOf, type Entry, type PageParts } from "./html.ts";
import style from "./style.css" with { type: "text" };

/** What may be said about a page. */
export interface PageOptions extends PageParts {
  /** Title of the window; that of the report unless said. */
  readonly title?: string;
}

/**
 * Blocks as a page. It opens from a disk, works without scripts but for the viewer, and a policy in
 * it forbids the browser to load anything.
 *
 * @example
 * ```ts
 * import { page } from "./page.ts";
 * import { heading } from "../document.ts";
 * import assert from "node:assert/strict";
 * const html = page([heading(1, "A < B")], { figures: new Map(), pictures: new Map() });
 * assert.match(html, /<title>A &lt; B<\/title>/);
 * ```
 */
export function page(blocks: readonly Block[], { title, ...parts }: PageOptions): string {
  const { html, entries } = bodyOf(blocks, parts);
  const first = entries.find(({ level }) => level === 1)?.text ?? "Report";
  const hasViewer = blocks.some(({ kind }) => kind === "viewer");
  const scripts = [folds, choices, tips, ...(hasViewer ? [viewer] : [])].map(scriptOf);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title ?? first)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip the contents</a>
<div class="frame">
${contents(entries)}
<main id="main">
${html}
</main>
</div>
${scripts.map((script) => `<script type="module">${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** The contents: results and their sections. */
function contents(entries: readonly Entry[]): string {
  const listed = entries.filter(({ level }) => level > 1);
  const items = listed.map(({ id, level, text }) =>
    `<li class="level-${level}"><a href="#${id}">${escaped(text)}</a></li>`
  );
  return `<nav aria-label="Contents"><details open><summary>Contents</summary>
<ul>${items.join("\n")}</ul></details></nav>`;
}

/** A script as browsers take it: without types, which become blanks. */
function scriptOf(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(/^\s*\n/gm, "");
}

/** Nothing is loaded from anywhere; of scripts and styles only those that the page came with. */
function policy(scripts: readonly string[]): string {
  const hashes = scripts.map(hashSource).join(" ");
  return [
    "default-src 'none'",
    "img-src data:",
    `style-src ${hashSource(style)}`,
    `script-src ${hashes}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
