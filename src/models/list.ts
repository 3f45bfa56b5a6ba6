/**
 * The list of models: finding one by its name and building it.
 *
 * @module
 */

import { resolve } from "node:path";
import { InputError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shapes.ts";
import type { BuildRequest, BuiltModel, Model } from "./model.ts";
import { isNetworkFile, loadNetworkFile, OWN } from "./network_file.ts";
import type { OptionTexts } from "./options.ts";
import { unet } from "./unet.ts";
import { vnet } from "./vnet.ts";

/** Every model; a new one is a file and a line here. */
export const MODELS: readonly Model[] = [vnet, unet];

/** Networks from files, by their full names. */
const LOADED = new Map<string, { readonly model: Model; readonly path: string }>();

/**
 * The name under which a model can be built: that of a network's file stands for what the file
 * exports, which is loaded; any other is given back as it is.
 *
 * @param name such as `vnet:small`, or a path such as `./net.ts`
 * @param folder what a relative path starts from (default: where the program was started)
 * @throws InputError when the file cannot be loaded, exports no network, or one of a taken name
 */
export async function resolveModel(name: string, folder = "."): Promise<string> {
  if (!isNetworkFile(name)) return name;
  const model = await loadNetworkFile(name, folder);
  const [variant] = Object.keys(model.variants);
  const full = `${OWN}:${variant}`;
  const path = resolve(folder, name);
  const known = LOADED.get(full);
  if (known && known.path !== path) {
    throw new InputError(`${name} and another file both export a network named ${variant}`, {
      advice: "give one of them another name",
    });
  }
  LOADED.set(full, { model, path });
  return full;
}

/** What a name can be resolved from in another process: the file of a network, or the name itself. */
export function modelSource(name: string): string {
  return LOADED.get(name)?.path ?? name;
}

/** A model and one of its variants. */
export interface ModelName {
  /** The model. */
  readonly model: Model;
  /** Name of its variant. */
  readonly variant: string;
  /** Full name, such as `vnet:small`. */
  readonly full: string;
}

/** Full names of every variant of every model. */
export function modelNames(): string[] {
  return MODELS.flatMap(({ name, variants }) =>
    Object.keys(variants).map((variant) => `${name}:${variant}`)
  );
}

/**
 * Reads a name such as `vnet:small`; `unet` is short for `unet:full`.
 *
 * @throws InputError for a name that is none, listing those that are
 *
 * @example
 * ```ts
 * import { parseModelName } from "./list.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseModelName("unet").full, "unet:full");
 * ```
 */
export function parseModelName(name: string): ModelName {
  const [first, ...rest] = name.split(":");
  const model = LOADED.get(name)?.model ?? MODELS.find((model) => model.name === first);
  const variant = rest.length === 0 ? model?.defaultVariant : rest.join(":");
  if (!model || variant === undefined || !Object.hasOwn(model.variants, variant)) {
    const missing = model && variant === undefined;
    const names = modelNames().filter((full) => !model || full.startsWith(`${model.name}:`));
    throw new InputError(
      missing ? `${name} has several variants: name one` : `there is no model ${name}`,
      { advice: `models are ${names.join(", ")}, and files such as ./net.ts` },
    );
  }
  return { model, variant, full: `${model.name}:${variant}` };
}

/**
 * Builds a model's graph for one input shape.
 *
 * @param name such as `vnet:paper206` or `unet`
 * @throws InputError for names and options there are not; ShapeError for illegal sizes
 *
 * @example
 * ```ts
 * import { buildModel } from "./list.ts";
 * import assert from "node:assert/strict";
 * const { graph, outputShape } = buildModel("vnet:small", {
 *   spatial: [16, 32, 32],
 *   options: { out_act: "none" },
 * });
 * assert.deepEqual(outputShape, [1, 1, 16, 32, 32]);
 * assert.equal(graph.nodes.at(-1)?.name, "head.conv1");
 * ```
 */
export function buildModel(name: string, request: BuildRequest = {}): BuiltModel {
  const { model, variant } = parseModelName(name);
  return model.build(variant, request);
}

/**
 * Builds a model's graph for an input tensor of a given shape, (N, C, (D,) H, W).
 *
 * @throws ShapeError also when the rank or the channels are not the model's
 */
export function buildModelFor(name: string, input: Shape, options?: OptionTexts): BuiltModel {
  const { model, variant, full } = parseModelName(name);
  const [batch, channels, ...spatial] = input;
  const legal = model.inputChannels(variant, options);
  if (spatial.length !== model.dimensions || channels !== legal) {
    const axes = ["N", legal, ...(model.dimensions === 3 ? ["D"] : []), "H", "W"].join("x");
    throw new ShapeError(`${full} needs an input of ${axes}; got ${formatShape(input)}`);
  }
  return model.build(variant, { batch, spatial, options });
}
