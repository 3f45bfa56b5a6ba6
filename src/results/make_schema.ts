/**
 * Writes the JSON Schema of RunResult v1 beside this file:
 * `deno run --allow-write=src/results src/results/make_schema.ts`.
 *
 * @module
 */

import { runResultJsonSchema } from "./files.ts";

Deno.writeTextFileSync(
  new URL("run_result_v1.schema.json", import.meta.url),
  `${JSON.stringify(runResultJsonSchema(), null, 2)}\n`,
);
