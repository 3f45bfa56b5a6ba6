/**
 * Convolutions and dense layers.
 *
 * @module
 */

import { foldedOperands } from "../../lowering/epilogue.ts";
import type { Lower } from "../../lowering/lowering.ts";
import { PackedOnce } from "../../memory/packed_once.ts";
import { folded } from "../../memory/views.ts";
import { convolution } from "./convolution_primitive.ts";
import { foldResidual } from "./residual_fold.ts";

import { emitInStrips } from "./strip_convolution.ts";
import { foldFactor } from "./width_folding.ts";
import { emitInTiles } from "./winograd_convolution.ts";

/** Convolution: in tiles where that is less work, else with few channels folded along W. */
export const conv: Lower<"conv"> = (given, lowering) => {
  const { tensors } = lowering;
  if (emitInTiles(given, lowering)) return;
  const weighted = foldResidual(given, lowering, tensors.type);
  if (emitInStrips(weighted, lowering)) return;
  const { step, weights } = weighted;
  const { attributes, inputs: [x, weight, bias] } = step;
  const [source, destination] = [x, step.output].map((id) => tensors.activation(id));
  const fold = foldFactor(source.dims, destination.dims, attributes);
  using stack = new DisposableStack();
  const emission = convolution(stack, lowering, {
    context: step.name,
    source: lowering.place(folded(source, fold)),
    destination: lowering.place(folded(destination, fold)),
    window: attributes,
    dims: tensors.shape(weight),
    weights: new PackedOnce(lowering.session, tensors, weights),
    bias: bias === undefined ? undefined : tensors.vector(bias, 2, fold),
    fold,
  });
  lowering.emitStep(step, emission, "any", foldedOperands(tensors, step.output, fold));
};

/** A dense layer: a convolution of one voxel by one tap. */
export const linear: Lower<"linear"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, weight, bias] = step.inputs;
  const ones = tensors.shape(x).slice(2); // all 1
  const zeros = ones.map(() => 0);
  using stack = new DisposableStack();
  const emission = convolution(stack, lowering, {
    context: step.name,
    source: lowering.place(tensors.activation(x)),
    destination: lowering.place(tensors.activation(step.output)),
    window: { kernel: ones, stride: ones, padBefore: zeros, padAfter: zeros, groups: 1 },
    dims: [...tensors.shape(weight), ...ones],
    weights: new PackedOnce(lowering.session, tensors, () => tensors.parameter(weight)),
    bias: bias === undefined ? undefined : tensors.vector(bias, 2),
    fold: 1,
  });
  lowering.emitStep(step, emission, "any");
};
