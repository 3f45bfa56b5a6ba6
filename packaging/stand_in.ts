/**
 * A stand-in for a binary, where the runtime that it would carry is not to be had:
 *
 * ```text
 * DENORT_BIN=$(which deno) deno task compile --out dist
 * deno run -A packaging/stand_in.ts dist/stackbench-VERSION-TARGET FOLDER
 * FOLDER/stackbench doctor
 * ```
 *
 * A binary that was compiled so is Deno itself, with the program in a section that Deno does not look
 * at. The folder holds this Deno, what was in the section and nothing else, and a script that starts
 * the one with the other, with the binary's permissions.
 *
 * @module
 */

import { join } from "node:path";
import { readEmbedded } from "./embedded.ts";
import { layOut, permissionFlags } from "./run_alone.ts";

const [binary, folder] = Deno.args;
const embedded = readEmbedded(binary);
layOut(embedded, folder);
Deno.copyFileSync(binary, join(folder, "runtime"));
const flags = permissionFlags(embedded, '"$here/runtime"').join(" ");
Deno.writeTextFileSync(
  join(folder, "stackbench"),
  `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export DENO_DIR="$here/cache" DENO_NO_UPDATE_CHECK=1 NPM_CONFIG_REGISTRY=http://localhost
exec "$here/runtime" run --quiet --cached-only --no-prompt ${flags} \\
  "$here/program/${embedded.entry}" "$@"
`,
  { mode: 0o755 },
);
