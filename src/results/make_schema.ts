/**
 * Writes what follows from the schemas, beside this file: the interfaces of records and the JSON
 * Schema of results. `deno task schema` runs it.
 *
 * @module
 */

import * as z from "zod";
import { runResultJsonSchema } from "./files.ts";
import { type Definitions, interfaces } from "./interfaces.ts";
import { comparison } from "./schema/comparison.ts";
import { gate } from "./schema/gate.ts";
import { gpuCheck } from "./schema/gpu_check.ts";
import { runResult } from "./schema/run_result.ts";
import { timeRecord } from "./schema/time.ts";
import { VERSION } from "./version.ts";

const HEADER = `/**
 * The records of results, for reading.
 *
 * Written by \`deno task schema\` from the schemas in \`schema/\` and \`experiments/\`: change those.
 *
 * @module
 */

`;

/** The files that follow from the schemas, by name. */
export async function derivedFiles(): Promise<Readonly<Record<string, string>>> {
  const definitions = [runResult, gpuCheck, timeRecord, comparison, gate].map((root) =>
    z.toJSONSchema(root).$defs
  );
  const all: Definitions = Object.assign({}, ...definitions);
  return {
    // what `deno fmt` makes of a long union at first it changes once more
    "records.ts": await formatted(await formatted(HEADER + interfaces(all))),
    [`run_result_v${VERSION}.schema.json`]: `${JSON.stringify(runResultJsonSchema(), null, 2)}\n`,
    "comparison_v1.schema.json": `${
      JSON.stringify({ ...z.toJSONSchema(comparison), title: "Stackbench comparison 1" }, null, 2)
    }\n`,
    "gate_v1.schema.json": `${
      JSON.stringify({ ...z.toJSONSchema(gate), title: "Stackbench gate 1" }, null, 2)
    }\n`,
    "time_v1.schema.json": `${
      JSON.stringify({ ...z.toJSONSchema(timeRecord), title: "Stackbench time 1" }, null, 2)
    }\n`,
  };
}

/** TypeScript as \`deno fmt\` has it, by this project's rules. */
async function formatted(text: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--config", configuration(), "--ext", "ts", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await process.output();
  if (!success) throw new Error("deno fmt did not take the interfaces");
  return new TextDecoder().decode(stdout);
}

function configuration(): string {
  return new URL("../../deno.json", import.meta.url).pathname;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await derivedFiles())) {
    Deno.writeTextFileSync(new URL(name, import.meta.url), text);
  }
}
