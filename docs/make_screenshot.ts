/**
 * Writes `docs/images/page.png`, the top of a page of results down to its viewer:
 * `deno run -A docs/make_screenshot.ts out/report/index.html`
 *
 * @module
 */

import { join } from "node:path";
import { openBrowser } from "../tests/browser.ts";

const [path] = Deno.args;
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
  await page.goto(`file://${Deno.realPathSync(path)}`);
  await page.waitForSelector(".viewer[data-slice]");
  await page.getByRole("button", { name: "largest" }).click();
  await page.evaluate("scrollTo(0, 0)");
  await page.waitForTimeout(500);
  const { y, height } = (await page.locator(".viewer .slider").boundingBox())!;
  await page.screenshot({
    path: join(import.meta.dirname!, "images", "page.png"),
    fullPage: true,
    clip: { x: 0, y: 0, width: 1180, height: Math.ceil(y + height + 16) },
  });
} finally {
  await browser.close();
}
