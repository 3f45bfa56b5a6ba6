/**
 * A page of the documentation that follows from the code.
 *
 * @module
 */

import { join } from "node:path";

/** Writes a page as the formatter has it. */
export function writePage(name: string, text: string): void {
  Deno.writeTextFileSync(join(import.meta.dirname!, `${name}.md`), formattedMarkdown(text));
}

/** Markdown as `deno fmt` has it, by this project's rules. */
export function formattedMarkdown(text: string): string {
  const file = Deno.makeTempFileSync({ suffix: ".md" });
  try {
    Deno.writeTextFileSync(file, text);
    const config = join(import.meta.dirname!, "..", "deno.json");
    const { success } = new Deno.Command("deno", {
      args: ["fmt", "--quiet", "--config", config, file],
    }).outputSync();
    if (!success) throw new Error("deno fmt did not take the page");
    return Deno.readTextFileSync(file);
  } finally {
    Deno.removeSync(file);
  }
}
