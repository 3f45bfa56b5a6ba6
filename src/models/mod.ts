/**
 * The models: V-Net over stacks, U-Net over slices.
 *
 * @module
 */

export { formatLayerTable, type LayerRow, layerTable } from "./layer_table.ts";
export {
  buildModel,
  buildModelFor,
  type ModelName,
  modelNames,
  MODELS,
  modelSource,
  parseModelName,
  resolveModel,
} from "./list.ts";
export { logitsOf } from "./logits.ts";
export type { BuildRequest, BuiltModel, Dropout, Model, VariantFacts } from "./model.ts";
export {
  isNetworkFile,
  loadNetworkFile,
  type NetworkDefinition,
  networkModel,
} from "./network_file.ts";
export { type OptionTexts, parseOptions } from "./options.ts";
export { formatModelSummaries, modelSummaries, type ModelSummary } from "./summary.ts";
