/** Tables of reports as files: CSV for programs, LaTeX for papers. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { blocksOf, csv, latex, report, type Table } from "../src/report/mod.ts";
import { hostileResult, recordedResult } from "./report_pages.ts";

const RESULT = recordedResult();
const tablesOf = (result = RESULT): Table[] => blocksOf(report([result]), "table");

/** Records of CSV with a head, by RFC 4180. */
function parse(text: string): Record<string, string>[] {
  const field = /(?:"((?:[^"]|"")*)"|([^,\r]*))(,|\r\n)/g;
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(field)) {
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ",") lines.push([]);
  }
  const [head, ...rows] = lines.slice(0, -1);
  return rows.map((row) => {
    assert.equal(row.length, head.length);
    return Object.fromEntries(head.map((name, i) => [name, row[i]]));
  });
}

Deno.test("a table as CSV has the numbers of the results, not rounded", () => {
  const { dice } = RESULT.experiments;
  assert.ok(dice?.status === "done");
  const rows = parse(csv(tablesOf().find(({ name }) => name === "result-1-dice")!));
  assert.deepEqual(
    rows.map((row) => [row["Dice, mean over scans"], row["95 % interval, low"]].map(Number)),
    dice.models.map(({ mean }) => [mean.value, mean.interval?.low]),
  );
});

Deno.test("no name in a table becomes a formula", () => {
  const tables = tablesOf(hostileResult(RESULT));
  const fields = tables.flatMap((table) => parse(csv(table)).flatMap((row) => Object.values(row)));
  assert.ok(fields.some((text) => text.includes("cmd|")), "the names are there");
  for (const text of fields) assert.doesNotMatch(text, /^[=@]|^[+-](?![\d.]|$)/);
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
  name: `every table compiles as LaTeX${LATEX ? "" : " (skipped: no pdflatex here)"}`,
  ignore: !LATEX,
  async fn() {
    const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
    try {
      const tables = [...tablesOf(), ...tablesOf(hostileResult(RESULT))];
      assert.ok(tables.length > 20);
      tables.forEach((table, i) =>
        Deno.writeTextFileSync(join(folder, `t${i}.tex`), latex([{ ...table, name: `t-${i}` }]))
      );
      const inputs = tables.map((_, i) => `\\input{t${i}}\n\\clearpage`);
      Deno.writeTextFileSync(
        join(folder, "paper.tex"),
        "\\documentclass{article}\n\\usepackage{booktabs,graphicx}\n" +
          `\\begin{document}\n${inputs.join("\n")}\n\\end{document}\n`,
      );
      const { success, stdout } = await new Deno.Command("pdflatex", {
        args: ["-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd: folder,
      }).output();
      assert.ok(success, new TextDecoder().decode(stdout).slice(-2000));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
