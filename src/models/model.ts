/**
 * What a model is: named variants of typed settings, a rule for its sizes, and a builder.
 *
 * @module
 */

import { InputError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shapes.ts";
import type { Graph } from "../graph/graph.ts";
import type { DropoutKind } from "../graph/training.ts";
import { type OptionRules, type OptionTexts, withOptions } from "./options.ts";

/** What a variant says of itself. */
export interface VariantFacts {
  /** What it is, in one line. */
  readonly summary: string;
  /** Spatial sizes it is meant for, (D,) H, W. */
  readonly spatial: Shape;
}

/** A named choice of settings. */
export interface Variant<C> extends VariantFacts {
  /** Settings that differ from the defaults of the model. */
  readonly settings: Partial<C>;
}

/** A dropout: what is dropped after a node in training, and how much of it. */
export interface Dropout {
  /** Single elements, or whole channels. */
  readonly kind: DropoutKind;
  /** Share that is dropped, in [0, 1). */
  readonly rate: number;
}

/** A model, written with its own settings type `C`. */
export interface ModelDefinition<C extends object> {
  /** First part of its names, such as `vnet`. */
  readonly name: string;
  /** What it is, in one line. */
  readonly summary: string;
  /** Spatial axes: 3 for stacks, 2 for slices. */
  readonly dimensions: 2 | 3;
  /** Variant that the bare name stands for, if any. */
  readonly defaultVariant?: string;
  /** Settings of every variant that does not say otherwise. */
  readonly defaults: C;
  /** How each setting is read from text. */
  readonly rules: OptionRules<C>;
  /** Variants by name. */
  readonly variants: Readonly<Record<string, Variant<C>>>;
  /** The rule that settings break together, in words; undefined when they fit. */
  conflict(settings: C): string | undefined;
  /** The rule that sizes break, in words; undefined when they are legal. */
  illegalSize(settings: C, spatial: Shape): string | undefined;
  /** Channels of input and output. */
  channels(settings: C): { readonly input: number; readonly output: number };
  /** Dropouts by the node after which they stand; none where left out. */
  dropouts?(settings: C): Readonly<Record<string, Dropout>>;
  /** Builds the graph for an input of shape (N, C, (D,) H, W). */
  graph(name: string, settings: C, input: Shape): Graph;
}

/** What to build. */
export interface BuildRequest {
  /** Spatial sizes (D,) H, W (default: those the variant is meant for). */
  readonly spatial?: Shape;
  /** Samples at once (default: 1). */
  readonly batch?: number;
  /** Settings by their Python keyword names. */
  readonly options?: OptionTexts;
}

/** A model for one input shape, with what a user of it must know. */
export interface BuiltModel {
  /** Full name, such as `unet:full`. */
  readonly name: string;
  /** What it computes. */
  readonly graph: Graph;
  /** Spatial axes: 3 for stacks, 2 for slices. */
  readonly dimensions: 2 | 3;
  /** Shape of the input, (N, C, (D,) H, W). */
  readonly inputShape: Shape;
  /** Shape of the output, (N, C, (D,) H, W). */
  readonly outputShape: Shape;
  /** Channel of the output that is the foreground's: 0 of one, 1 of several (0 is background). */
  readonly foreground: number;
  /** Dropouts of training, by the node after which they stand. */
  readonly dropouts: Readonly<Record<string, Dropout>>;
}

/** A model whose settings type is hidden, as the list of models holds it. */
export interface Model {
  /** First part of its names. */
  readonly name: string;
  /** What it is, in one line. */
  readonly summary: string;
  /** Spatial axes. */
  readonly dimensions: 2 | 3;
  /** Variant that the bare name stands for, if any. */
  readonly defaultVariant?: string;
  /** Names, summaries and intended sizes of the variants. */
  readonly variants: Readonly<Record<string, VariantFacts>>;
  /** Options and their legal values, in words. */
  readonly options: Readonly<Record<string, string>>;
  /**
   * Builds a variant.
   *
   * @throws InputError for options it does not have; ShapeError for sizes it does not accept
   */
  build(variant: string, request: BuildRequest): BuiltModel;
  /** Channels that the input of a variant with these options must have. */
  inputChannels(variant: string, options?: OptionTexts): number;
}

/** Hides the settings type of a definition. */
export function defineModel<C extends object>(definition: ModelDefinition<C>): Model {
  const { name, dimensions, rules, variants } = definition;
  const settingsOf = (variant: string, options: OptionTexts = {}): C => {
    const full = `${name}:${variant}`;
    const chosen = { ...definition.defaults, ...variants[variant].settings };
    const settings = withOptions(full, chosen, rules, options);
    const conflict = definition.conflict(settings);
    if (conflict) {
      throw new InputError(`these options of ${full} do not go together: ${conflict}`, {
        advice: `stackbench models ${full} shows its options`,
      });
    }
    return settings;
  };
  return {
    name,
    summary: definition.summary,
    dimensions,
    defaultVariant: definition.defaultVariant,
    variants,
    options: Object.fromEntries(
      Object.entries<{ legal: string }>(rules).map(([key, { legal }]) => [key, legal]),
    ),
    build(variant, { spatial = variants[variant].spatial, batch = 1, options }) {
      const full = `${name}:${variant}`;
      const settings = settingsOf(variant, options);
      requireSizes(full, dimensions, batch, spatial);
      const rule = definition.illegalSize(settings, spatial);
      if (rule) throw new ShapeError(`${full} needs ${rule}; got ${formatShape(spatial)}`);
      const channels = definition.channels(settings);
      const inputShape = [batch, channels.input, ...spatial];
      return {
        name: full,
        graph: definition.graph(full, settings, inputShape),
        dimensions,
        inputShape,
        outputShape: [batch, channels.output, ...spatial],
        foreground: channels.output === 1 ? 0 : 1,
        dropouts: definition.dropouts?.(settings) ?? {},
      };
    },
    inputChannels: (variant, options) => definition.channels(settingsOf(variant, options)).input,
  };
}

function requireSizes(name: string, dimensions: 2 | 3, batch: number, spatial: Shape): void {
  const axes = dimensions === 3 ? "D, H, W" : "H, W";
  const positive = (size: number) => Number.isSafeInteger(size) && size >= 1;
  if (spatial.length !== dimensions || !spatial.every(positive)) {
    throw new ShapeError(
      `${name} needs ${dimensions} sizes ${axes} from 1; got ${formatShape(spatial)}`,
    );
  }
  if (!positive(batch)) throw new ShapeError(`${name} needs a batch from 1; got ${batch}`);
}
