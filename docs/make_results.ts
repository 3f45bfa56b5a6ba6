/**
 * Writes docs/results.md from the schema of results:
 * `deno run -RW --allow-run=deno docs/make_results.ts`
 *
 * @module
 */

import { runResultJsonSchema, WARNINGS } from "../src/results/mod.ts";
import { typeText } from "../src/results/interfaces.ts";
import { CURRENT, versionText } from "../src/results/version.ts";
import { writePage } from "./page.ts";

type Schema = Parameters<typeof typeText>[0];

/** The page. */
export function resultsPage(): string {
  const { $defs = {} } = runResultJsonSchema() as {
    readonly $defs?: Readonly<Record<string, Schema>>;
  };
  const parts = Object.entries($defs).filter(([, schema]) => schema.properties)
    .map(([name, schema]) =>
      `### ${name}\n\n${schema.description ?? ""}\n\n${table(schema, $defs)}`
    );
  const warnings = Object.entries(WARNINGS).map(([code, { about, advice }]) =>
    `| \`${code}\` | ${about} | ${advice} |`
  );
  return `# Results

\`\`\`sh
deno task bench                                                       # writes out/quick/result.json
deno task stackbench report out/quick/result.json --out out/report    # tells it
\`\`\`

\`result.json\` holds all that a run found, version ${versionText(CURRENT)} of its schema
(\`src/results/run_result_v${CURRENT.version}.schema.json\`). Outside of \`timing\` and \`volatile\` the
same inputs give the same bytes. Nothing in it names a patient, a host or a path: cases go by their
index and the hash of their voxels, and by the manifest's id only where the manifest says
\`"public": true\`. Undefined values are null with a reason.

A file of an older version is read and reported, not gone on with by \`--resume\`; what a newer minor
version holds besides is kept and told of; a newer version is refused. What \`stackbench time --json\`
prints has a schema of its own (\`src/results/time_v1.schema.json\`).

## Times

Each model is timed in several fresh processes (five, or \`timing.processes\` of the suite), in turn,
every round in another order. The median of a process is the unit: the interval is Student's, of the
processes' medians on a logarithmic scale. Repeats inside one process share its memory layout and its
minute on the machine, so from one process there is no interval. Peak memory is that of the process,
and so of the one model.

How well that holds was tried: twelve identical runs of the quick suite on two shared cores
(\`benchmarks/repeatability.ts\`, \`results/repeatability.json\`). Of 66 pairs 0 or 1 had disjoint
intervals for the V-Net, 6 or 7 for the U-Net, all of them with one run, which met a slow minute
that neither load nor steal time showed. Of intervals of five processes drawn at random from all
sixty, 77 to 90 % held the middle of all, not 95 %: times have a long tail upwards, which five
processes often miss. So an interval tells what the machine did in that minute; what holds from one
day to another takes several runs.

## Warnings

What a reader must know before believing the numbers, a closed set. Those of the moment, such as other
programs on the machine, stand in \`timing.warnings\`; \`--strict\` ends with exit code 1 where there are
any.

| code | what it is about | what to do |
| --- | --- | --- |
${warnings.join("\n")}

## The file and its parts

${parts.join("\n\n")}

_Written by \`docs/make_results.ts\` from the schema._
`;
}

function table(
  { properties = {}, required }: Schema,
  definitions: Readonly<Record<string, Schema>>,
) {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const of = schema.description ??
      (schema.$ref && definitions[schema.$ref.split("/").at(-1)!].description) ?? "";
    const type = schema.properties ? "object" : typeText(schema, "", definitions);
    const mark = required && !required.includes(name) ? " (may be absent)" : "";
    return `| \`${name}\` | \`${cell(type)}\` | ${cell(of)}${mark} |`;
  });
  return ["| key | type | what it is |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A text as a cell of a table: without what would end it. */
function cell(text: string): string {
  return text.replaceAll("readonly ", "").replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

if (import.meta.main) {
  writePage("results", resultsPage());
}
