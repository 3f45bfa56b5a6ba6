/**
 * Statistics of a batch or of each sample, normalisation by them, and its gradients.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { ARGUMENT, FORWARD_INFERENCE, NORMALIZATION } from "../constants.ts";
import type { Handle } from "../handles.ts";
import type { Lower, Lowering } from "../lowering.ts";
import {
  type Grouping,
  normalisedGradient,
  scaleGradient,
  sumOver,
  varianceOver,
} from "../reductions.ts";
import type { Tensors } from "../tensors.ts";
import { sample, type View } from "../views.ts";
import { biasOf } from "./convolution.ts";

const GIVEN = NORMALIZATION.useScale | NORMALIZATION.useShift | NORMALIZATION.useGlobalStatistics;

/** The sum over some axes. */
export const sum: Lower<"sum"> = ({ inputs: [x], output }, lowering) => {
  const { tensors } = lowering;
  const [from, to] = [x, output].map((id) => [tensors.single(id), tensors.shape(id)] as const);
  lowering.loop(sumOver(from, to));
};

/** Variance about a given mean. */
export const variance: Lower<"variance"> = ({ inputs: [x, mean], output }, lowering) => {
  const { tensors } = lowering;
  const [data, centre, y] = [x, mean, output].map((id) => tensors.single(id));
  lowering.loop(varianceOver(data, centre, y, grouping(tensors, x, mean)));
};

/** A batch norm with given statistics; sample by sample where each has its own. */
export const normalise: Lower<"normalise"> = (step, lowering) => {
  const { name, attributes: { epsilon }, inputs: [x, mean, variance, gamma, beta], output } = step;
  const { session, tensors } = lowering;
  for (const part of parts(tensors, mean)) {
    const source = part(x);
    using layout = session.descriptor(source);
    lowering.emit({
      context: name,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_batch_normalization_forward_primitive_desc_create(
          out,
          session.engine,
          FORWARD_INFERENCE,
          layout.id,
          layout.id,
          epsilon,
          GIVEN,
          attributes,
        ),
      bind: () => [
        [ARGUMENT.source, lowering.memory(source)],
        [ARGUMENT.mean, lowering.memory(biasOf(part(mean)))],
        [ARGUMENT.variance, lowering.memory(biasOf(part(variance)))],
        [ARGUMENT.scale, vector(gamma, lowering)],
        [ARGUMENT.shift, vector(beta, lowering)],
        [ARGUMENT.destination, lowering.memory(part(output))],
      ],
    });
  }
};

/**
 * The gradient for x. The library has one, but adds up in single precision, voxel after voxel: over
 * half a million of them the result is off by 2e-5.
 */
export const normalise_backward: Lower<"normalise_backward"> = (step, lowering) => {
  const { attributes: { epsilon }, inputs: [x, mean, variance, gamma, dy], output } = step;
  const { tensors } = lowering;
  const read = [x, mean, variance, dy].map((id) => tensors.single(id));
  const groups = grouping(tensors, x, mean);
  const scales = tensors.numbers(gamma);
  lowering.loop(normalisedGradient(read, scales, tensors.single(output), groups, epsilon));
};

/** The gradient for the scale. */
export const normalise_backward_scale: Lower<"normalise_backward_scale"> = (step, lowering) => {
  const { attributes: { epsilon }, inputs: [x, mean, variance, dy], output } = step;
  const { tensors } = lowering;
  const read = [x, mean, variance, dy].map((id) => tensors.single(id));
  const groups = grouping(tensors, x, mean);
  lowering.loop(scaleGradient(read, tensors.single(output), groups, epsilon));
};

/** Views of what shares statistics: everything, or one sample after another. */
function parts(tensors: Tensors, mean: ValueId): ((id: ValueId) => View)[] {
  tensors.single(mean);
  const [samples] = tensors.shape(mean);
  if (samples === 1) return [(id) => tensors.activation(id)];
  return Array.from({ length: samples }, (_, n) => (id) => sample(tensors.activation(id), n));
}

function grouping(tensors: Tensors, x: ValueId, mean: ValueId): Grouping {
  const [groups, channels] = tensors.shape(mean);
  return { groups, channels, rows: elements(tensors.shape(x)) / groups / channels };
}

function vector(id: ValueId, lowering: Lowering): Handle {
  return lowering.memory(biasOf(lowering.tensors.vector(id, 2)));
}
