/** `compare` as its users run it: one set of numbers in every format. */

import assert from "node:assert/strict";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { sampleRunResult } from "../src/results/sample.ts";
import type { RunResult } from "../src/results/mod.ts";
import { type Ended, stackbenchIn } from "./running.ts";

const ROOT = join(import.meta.dirname!, "..");
const COMMITTED = join(ROOT, "results/covid-ct-seg20/result.json");

/** Cells of the table of outcomes, its head first, in each format that has cells. */
const CELLS: Readonly<Record<string, (text: string) => string[][]>> = {
  markdown: (text) =>
    text.slice(text.indexOf("**Accuracy")).split("\n").filter((line) => line.startsWith("|"))
      .filter((_, i) => i !== 1)
      .map((line) =>
        line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll(/\\(.)/g, "$1"))
      ),
  csv: (text) =>
    text.trimEnd().split("\r\n").map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted?.replaceAll('""', '"') ?? plain.replace(/^'/, "")
      )
    ),
  latex: (text) =>
    text.slice(text.indexOf("\\caption{Accuracy")).split("\n")
      .filter((line) => line.endsWith("\\\\")).map((line) =>
        line.trim().slice(0, -2).split(" & ").map((cell) =>
          cell.trim()
            .replaceAll(/\\text(\w+)\{\}/g, (_, name) =>
              (
                { asciitilde: "~", bar: "|", backslash: "\\" } as Record<string, string>
              )[name])
            .replaceAll("{[}", "[").replaceAll(/\\([#$%&_{}])/g, "$1")
        )
      ),
};

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stackbench-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function compare(folder: string, ...args: string[]): Promise<Ended> {
  return stackbenchIn(folder, "compare", ...args);
}

Deno.test("every format has the same cells, and the JSON the numbers behind them", async () => {
  await inFolder(async (folder) => {
    // names that each format has to tell apart from its own marks
    const odd = String.raw`=u_1 50% & [a|b], "x" {~}`;
    const text = Deno.readTextFileSync(COMMITTED).replaceAll('"unet:small"', JSON.stringify(odd));
    Deno.writeTextFileSync(join(folder, "odd.json"), text);
    const cells = await Promise.all(
      Object.entries(CELLS).map(async ([format, read]) => {
        const { code, out, error } = await compare(
          folder,
          "odd.json",
          "--by",
          "model",
          "--format",
          format,
        );
        assert.equal(code, 0, error);
        return read(out);
      }),
    );
    const [first, ...others] = cells;
    assert.ok(first.length === 4 && first[1][0].includes(odd), JSON.stringify(first));
    for (const other of others) assert.deepEqual(other, first);
    const { out } = await compare(folder, COMMITTED, "--format", "json");
    const comparison = JSON.parse(out);
    const { accuracy } = comparison;
    for (const [index, row] of first.slice(1).entries()) {
      const { base, compared, difference } = accuracy[index];
      const digits = (value: number | null) => value === null ? "undefined" : value.toFixed(3);
      assert.ok(row[2].startsWith(digits(base.mean)) && row[3].startsWith(digits(compared.mean)));
      if (difference !== null) assert.equal(Number(row[5]).toFixed(3), difference.toFixed(3));
    }
    const schema = JSON.parse(
      Deno.readTextFileSync(join(ROOT, "src/results/comparison_v1.schema.json")),
    );
    // deno-lint-ignore no-explicit-any
    const validate = new (Ajv as any)({ strict: false }).compile(schema);
    assert.ok(validate(comparison), JSON.stringify(validate.errors));
  });
});

Deno.test("results that may not be compared end with 4 and say why; forced, each format is marked", async () => {
  await inFolder(async (folder) => {
    const sample: RunResult = { ...sampleRunResult(), status: "complete" };
    const { environment } = sample;
    const elsewhere = {
      ...sample,
      tool: { ...sample.tool, commit: "c".repeat(40) },
      environment: { ...environment, cpu: { model: "another processor", cores: 8 } },
    };
    Deno.writeTextFileSync(join(folder, "a.json"), JSON.stringify(sample));
    Deno.writeTextFileSync(join(folder, "b.json"), JSON.stringify(elsewhere));
    const refused = await compare(folder, "a.json", "b.json", "--out", "table.md");
    assert.equal(refused.code, 4);
    assert.match(refused.error, /machine differs too \(A: a processor.*B: another processor/);
    assert.throws(() => Deno.statSync(join(folder, "table.md")), Deno.errors.NotFound);
    for (const format of ["terminal", "markdown", "csv", "latex", "json"]) {
      const forced = await compare(folder, "a.json", "b.json", "--force", "--format", format);
      assert.equal(forced.code, 0, forced.error);
      assert.match(forced.out, format === "json" ? /"forced": true/ : /FORCED|comparable/);
    }
    for (const wrong of [["--by", "moon"], ["--metrics", "dice,,"], ["--format", "word"]]) {
      assert.equal((await compare(folder, "a.json", "b.json", ...wrong)).code, 2);
    }
  });
});

/** Whether LaTeX is on this machine. */
const LATEX = (() => {
  try {
    return new Deno.Command("pdflatex", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: LATEX ? "the LaTeX compiles" : "the LaTeX compiles (skipped: no pdflatex here)",
  ignore: !LATEX,
  fn: () =>
    inFolder(async (folder) => {
      const { code } = await compare(folder, COMMITTED, "--format", "latex", "--out", "table.tex");
      assert.equal(code, 0);
      Deno.writeTextFileSync(
        join(folder, "paper.tex"),
        "\\documentclass{article}\n\\usepackage{booktabs,graphicx}\n" +
          "\\begin{document}\n\\input{table}\n\\end{document}\n",
      );
      const { success, stdout } = await new Deno.Command("pdflatex", {
        args: ["-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd: folder,
      }).output();
      assert.ok(success, new TextDecoder().decode(stdout).slice(-2000));
    }),
});
