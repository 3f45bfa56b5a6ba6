/**
 * `stackbench models`: the models, or the layers of one.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import { jsonOption, MODEL_HELP, positiveNumber, sizes } from "../options.ts";
import { writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench models
  stackbench models ${EXAMPLE_MODELS.paperStacks}
  stackbench models ./examples/unet3d.ts
  stackbench models ${EXAMPLE_MODELS.slices} --input 96 --options out_act=none
`;

/** Adds the command. */
export function models(program: Command): void {
  program.command("models")
    .description("list the models, or the layers of one: shapes, parameters, FLOPs, bytes")
    .argument("[model]", MODEL_HELP)
    .option("--input <sizes>", "spatial sizes, such as 32x128x128", sizes)
    .option("--batch <n>", "samples at once", positiveNumber, 1)
    .option("--options <list>", "settings of the model, k=v,...")
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (model, options) => {
      if (model === undefined) await listModels(options.json);
      else await listLayers(model, options);
    });
}

async function listModels(json: true | undefined): Promise<void> {
  const { formatModelSummaries, modelSummaries } = await import("../../models/mod.ts");
  if (json) writeJson(modelSummaries());
  else writeOut(formatModelSummaries());
}

async function listLayers(
  model: string,
  options: { input?: number[]; batch: number; options?: string; json?: true },
): Promise<void> {
  const { buildModel, formatLayerTable, layerTable, parseOptions, resolveModel } = await import(
    "../../models/mod.ts"
  );
  const { graphHash } = await import("../../graph/graph.ts");
  const { name, graph } = buildModel(await resolveModel(model), {
    spatial: options.input,
    batch: options.batch,
    options: parseOptions(options.options ?? ""),
  });
  const rows = layerTable(graph);
  if (options.json) writeJson({ name, graphHash: graphHash(graph), layers: rows });
  else writeOut(formatLayerTable(graph));
}
