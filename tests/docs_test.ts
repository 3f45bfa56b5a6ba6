/** The documentation says what is so: its commands parse, its files exist, its data are legal. */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { modelsPage } from "../docs/make_models.ts";
import { resultsPage } from "../docs/make_results.ts";
import { formattedMarkdown } from "../docs/page.ts";
import { parseSuite } from "../src/bench/mod.ts";
import { createProgram } from "../src/cli/program.ts";
import { parseManifest } from "../src/datasets/mod.ts";

const ROOT = join(import.meta.dirname!, "..");

const PAGES = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map((name) => join(ROOT, name)),
  ...[...Deno.readDirSync(join(ROOT, "docs"))].filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => join(ROOT, "docs", name)),
];

/** Blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  const text = Deno.readTextFileSync(page);
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter(([, found]) => found === language).map(([, , block]) => block);
}

/** What tasks stand for on the command line of stackbench. */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  stackbench: [],
  bench: ["run"],
  doctor: ["doctor"],
  setup: ["setup"],
};

/** The program with commands that do nothing. */
function idle(): CommandUnknownOpts {
  const program = createProgram();
  const still = (command: CommandUnknownOpts) => {
    if (command.commands.length === 0) command.action(() => {});
    command.configureOutput({ writeErr: () => {} });
    command.commands.forEach(still);
  };
  still(program);
  return program;
}

Deno.test("each command line of the documentation parses", async () => {
  const wrong: string[] = [];
  let lines = 0;
  for (const page of PAGES) {
    const text = blocks(page, "sh").join("\n").replaceAll(/\\\n\s*/g, "");
    for (const [line, task, rest] of text.matchAll(/^deno task (\w+)(.*)$/gm)) {
      if (!(task in TASKS)) continue;
      lines++;
      const args = rest.replace(/\s+#.*$/, "").split(/\s+/).filter((word) => word !== "");
      try {
        await idle().parseAsync([...TASKS[task], ...args], { from: "user" });
      } catch (error) {
        wrong.push(`${relative(ROOT, page)}: ${line}: ${(error as Error).message}`);
      }
    }
  }
  assert.ok(lines > 15, "the command lines were not found");
  assert.deepEqual(wrong, []);
});

Deno.test("tasks, files and links that the documentation names are there", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const exists = (path: string) => {
    try {
      return Deno.statSync(path) !== null;
    } catch {
      return false;
    }
  };
  const wrong: string[] = [];
  for (const page of PAGES) {
    const text = Deno.readTextFileSync(page);
    const name = relative(ROOT, page);
    for (const [, task] of text.matchAll(/deno task (\w+)/g)) {
      if (!(task in tasks)) wrong.push(`${name}: there is no task ${task}`);
    }
    const files = /`((?:benchmarks|docs|examples|fixtures|native|results|src|tests)\/[\w./-]*)`/g;
    for (const [, file] of text.matchAll(files)) {
      // ARCHITECTURE.md names rooms as they stand in src
      if (!exists(join(ROOT, file)) && !exists(join(ROOT, "src", file))) {
        wrong.push(`${name}: there is no ${file}`);
      }
    }
    for (const [, link] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      if (!exists(join(dirname(page), link))) wrong.push(`${name}: links to no ${link}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("manifests and suites of the documentation are legal", () => {
  const parsers: Record<string, (value: unknown, where: string) => unknown> = {
    "stackbench/manifest": parseManifest,
    "stackbench/suite": parseSuite,
  };
  let found = 0;
  for (const page of PAGES) {
    for (const block of blocks(page, "json")) {
      const value = JSON.parse(block);
      const parse = parsers[value.schema];
      assert.ok(parse, `${page}: a JSON block without a known schema`);
      parse(value, page);
      found++;
    }
  }
  assert.ok(found >= 2);
});

for (const [name, page] of [["models", modelsPage], ["results", resultsPage]] as const) {
  Deno.test(`docs/${name}.md is what the code says`, () => {
    const text = Deno.readTextFileSync(join(ROOT, "docs", `${name}.md`));
    assert.ok(text === formattedMarkdown(page()), `deno run -A docs/make_${name}.ts writes it`);
  });
}
