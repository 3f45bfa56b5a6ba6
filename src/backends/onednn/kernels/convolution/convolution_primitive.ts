/**
 * The library's convolution, from one place to another.
 *
 * @module
 */

import type { Shape } from "../../../../base/shapes.ts";
import type { ConvAttributes } from "../../../../graph/ops/conv.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import type { Argument } from "../../library/execution.ts";
import { rowMajor, type View } from "../../library/layout.ts";
import { dimensions } from "../../library/memory_descriptor.ts";
import { type Preferences, PREFERRED_IMPLEMENTATIONS } from "../../library/session.ts";
import type { Emission } from "../../lowering/emission.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { PackedOnce } from "../../memory/packed_once.ts";
import type { Place } from "../../memory/tensors.ts";
import { asVector } from "../../memory/views.ts";
import { foldWeights, foldWindow } from "./width_folding.ts";

/** What is convolved with what. */
export interface Convolution {
  /** Name of the step. */
  readonly context: string;
  /** x, folded. */
  readonly source: Place;
  /** y, folded. */
  readonly destination: Place;
  /** Window and groups, as if nothing were folded. */
  readonly window: ConvAttributes;
  /** (O, C / groups, ...kernel), as if nothing were folded. */
  readonly dims: Shape;
  /** Weights in that order. */
  readonly weights: PackedOnce;
  /** (1, fold * O); nothing is added where there is none. */
  readonly bias: View | undefined;
  /** Neighbours along W that are seen as channels. */
  readonly fold: number;
}

/** Output channels that fill a vector of AVX2, which is half of one of AVX-512. */
const NARROW = 8;

/**
 * Implementations for few output channels. Zen 4 does two instructions of 256 bits in the time of one
 * of 512 bits, so that half-empty vectors cost twice as much: 16 to 8 channels take 0.62 of the time.
 */
const NARROW_PREFERENCES: Preferences = new Map([
  ...PREFERRED_IMPLEMENTATIONS,
  ["brgconv:avx512_core", "brgconv:avx2"],
]);

/** The library's parameters of a convolution whose channels may be folded. */
function asSeen({ window, dims, fold }: Convolution) {
  const plain = (weights: Float32Array<ArrayBuffer>) => weights;
  if (fold === 1) return { window, dims: grouped(dims, window.groups), seen: plain };
  const wide = foldWindow(window, fold);
  return {
    window: wide,
    dims: [dims[0] * fold, dims[1] * fold, ...wide.kernel],
    seen: (weights: Float32Array<ArrayBuffer>) => foldWeights(weights, dims, window, fold),
  };
}

/**
 * The primitive of a convolution.
 *
 * @param stack keeps what describes it until it is emitted
 */
export function convolution(
  stack: DisposableStack,
  lowering: Lowering,
  given: Convolution,
): Emission {
  const { session } = lowering;
  const { context, source, destination } = given;
  const { window, dims, seen } = asSeen(given);
  const bias = given.bias && asVector(given.bias);
  const layout = rowMajor("f32", dims);
  const [sourceMd, destinationMd] = [source, destination].map(({ layout }) =>
    stack.use(session.descriptor(layout))
  );
  const weightsMd = stack.use(session.anyLayout(source.layout.type, dims));
  const biasMd = bias && stack.use(session.descriptor(bias));
  const outputs = destination.layout.dims[1];
  return {
    context,
    preferences: outputs <= NARROW ? NARROW_PREFERENCES : undefined,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_convolution_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        ALGORITHM.convolution_direct,
        sourceMd.id,
        weightsMd.id,
        biasMd?.id ?? 0n,
        destinationMd.id,
        dimensions(window.stride),
        dimensions([]),
        dimensions(window.padBefore),
        dimensions(window.padAfter),
        attributes,
      ),
    bind: (descriptor): Argument[] => [
      [ARGUMENT.source, source.memory],
      [ARGUMENT.weights, given.weights.in(layout, descriptor.weights, seen)],
      ...(bias ? [[ARGUMENT.bias, lowering.memory(bias)] as const] : []),
      [ARGUMENT.destination, destination.memory],
    ],
  };
}

/** (O, C / groups, ...kernel) as the library wants it, with an axis of groups where there are. */
export function grouped(dims: Shape, groups: number): Shape {
  return groups === 1 ? dims : [groups, dims[0] / groups, ...dims.slice(1)];
}
