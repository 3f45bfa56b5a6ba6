/**
 * Writes docs/models.md from the registry of models:
 * `deno run -RW --allow-run=deno docs/make_models.ts`
 *
 * @module
 */

import { formatModelSummaries, MODELS } from "../src/models/mod.ts";
import { writePage } from "./page.ts";

/** The page. */
export function modelsPage(): string {
  const options = MODELS.map(({ name, summary, options }) => {
    const rows = Object.entries(options).map(([key, legal]) =>
      `| \`${key}\` | ${legal.replaceAll("|", "or")} |`
    );
    return [
      `### ${name}`,
      `${summary}.`,
      ["| option | legal |", "| --- | --- |", ...rows].join("\n"),
    ]
      .join("\n\n");
  });
  return `# Models

\`\`\`sh
deno task stackbench models                  # this list
deno task stackbench models vnet:small       # its layers: shapes, parameters, FLOPs, bytes
deno task stackbench models unet:small --input 96 --options out_act=none
\`\`\`

\`\`\`
${formatModelSummaries().trimEnd()}
\`\`\`

Parameters and GFLOP are those of one input of the size that is shown. FLOPs count the taps inside
the input only: padding is not work.

\`vnet:paper206\` is our reading of the paper's "206 million": base width 4 and a slope per element in
each PReLU. It is inferred, not known; \`paper206_w16k3\` and \`paper206_w16k5\` reach the same count.
The same classes in PyTorch stand in \`benchmarks/peers/models/\`, and the golden tests hold each
model against them. Your own: [own-network.md](own-network.md).

## Options

\`--options k=v,k=v\` changes a variant, under the keyword names of the Python builders; lists are
written 1:2:3.

${options.join("\n\n")}

_Written by \`docs/make_models.ts\` from the registry of models._
`;
}

if (import.meta.main) {
  writePage("models", modelsPage());
}
