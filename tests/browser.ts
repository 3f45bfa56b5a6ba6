/**
 * A real browser for tests: Chromium as Debian has it, driven by playwright-core, without a network.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import axe from "axe-core/axe.min.js" with { type: "text" };

/** Where Chromium lies; null where there is none. */
export const CHROMIUM = [Deno.env.get("STACKBENCH_CHROMIUM"), "/usr/bin/chromium"]
  .find((path) => path !== undefined && isFile(path)) ?? null;

/** What a test's name says where there is no browser. */
export const WITHOUT = CHROMIUM === null ? " (skipped: no Chromium, apt-get install chromium)" : "";

/** Pictures of pages are left here, to be looked at; git ignores the folder. */
const PICTURES = join(import.meta.dirname!, "..", "out", "page-tests");

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Starts the browser without anything that it would do by itself. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
}

/** A page that was opened from a file. */
export interface Opened {
  /** The page. */
  readonly page: Page;
  /** What the console said, what was asked for, what was forbidden: nothing, in a sound page. */
  readonly complaints: readonly string[];
}

/** Opens a page from a file, as a reader does, and calls `use` with it. */
export async function withPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-page-" });
  const context = await browser.newContext(options);
  try {
    const file = join(folder, "index.html");
    Deno.writeTextFileSync(file, html);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      if (url !== `file://${file}` && !url.startsWith("data:")) complaints.push(`asked for ${url}`);
    });
    await page.goto(`file://${file}`);
    await use({ page, complaints });
  } finally {
    await context.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Leaves a picture of what the window shows, or of the whole page. */
export async function leavePicture(page: Page, name: string, fullPage = false): Promise<void> {
  Deno.mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
}

/** What axe-core finds of weight in a page: each rule with the first place that breaks it. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) =>
      ({ id, impact, place: nodes[0].html.slice(0, 200), why: nodes[0].failureSummary })))`,
  ) as { id: string; impact: string; place: string; why: string }[];
  return found.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, impact, place, why }) => `${id} (${impact}): ${place}: ${why}`);
}

/** Asserts that a page complains of nothing and is no wider than its window. */
export async function assertSound({ page, complaints }: Opened): Promise<void> {
  const [wide, window] = await page.evaluate(
    "[document.documentElement.scrollWidth, innerWidth]",
  ) as [number, number];
  assert.deepEqual(complaints, []);
  assert.ok(wide <= window, `the page is ${wide} pixels wide in a window of ${window}`);
}
