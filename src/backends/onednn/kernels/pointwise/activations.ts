/**
 * Activations and the affine map a channel, alone or with others behind them.
 *
 * @module
 */

import type { OpAttributes, OpName } from "../../../../graph/ops/mod.ts";
import type { FusedOp, StepOf } from "../../../../plan/plan.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import type { Eltwise } from "../../library/post_ops.ts";
import { TINY } from "../../loops/broadcast.ts";
import {
  type ActivationName,
  ACTIVATIONS,
  type Operands,
  plainOperands,
  rowOperands,
} from "../../lowering/epilogue.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { WORTH_A_PIECE } from "../../lowering/pieces.ts";
import { longRows } from "../../memory/rows.ts";
import { asColumn, asRows, lines } from "../../memory/views.ts";
import { emitBinary } from "./binary.ts";

/** y = max(x, 0); the library gives 0 for NaN, where the definition gives NaN. */
export const relu: Lower<"relu"> = activation;

/** y = x > 0 ? x : slope * x. */
export const leaky_relu: Lower<"leaky_relu"> = activation;

/** y = x > 0 ? x : exp(x) - 1. */
export const elu: Lower<"elu"> = activation;

/** y = 1 / (1 + exp(-x)). */
export const sigmoid: Lower<"sigmoid"> = activation;

/** y = scale * x + shift, the same for every element. */
export const affine: Lower<"affine"> = (step, lowering): void => {
  const { scale: alpha, shift: beta } = step.attributes;
  const [x, y] = [step.inputs[0], step.output].map((id) => lowering.tensors.elements(id));
  if (x instanceof Float32Array && x.length <= TINY) {
    lowering.loop(() => {
      for (let i = 0; i < x.length; i++) y[i] = alpha * x[i] + beta;
    });
    return;
  }
  emitFunction(step, lowering, { algorithm: "eltwise_linear", alpha, beta });
};

/** y = 1 / x. */
export const reciprocal: Lower<"reciprocal"> = (step, lowering): void =>
  emitFunction(step, lowering, { algorithm: "eltwise_pow", alpha: 1, beta: -1 });

/** y = log(1 + exp(x)). */
export const softplus: Lower<"softplus"> = (step, lowering): void =>
  emitFunction(step, lowering, { algorithm: "eltwise_soft_relu", alpha: 1, beta: 0 });

/** y = x * scale + shift. */
export const scale_shift: Lower<"scale_shift"> = (step, lowering) => {
  if (emitChain(step, lowering)) return;
  const { tensors } = lowering;
  const [x, scale, ...shifts] = step.inputs;
  const y = tensors.activation(step.output);
  const alone = { ...step, epilogue: [] };
  const axes = y.dims.length;
  emitBinary(alone, lowering, {
    algorithm: "binary_mul",
    whole: tensors.activation(x),
    other: tensors.vector(scale, axes),
  }, "any");
  for (const shift of shifts) {
    emitBinary(alone, lowering, {
      algorithm: "binary_add",
      whole: y,
      other: tensors.vector(shift, axes),
    }, "any");
  }
  lowering.applyEpilogue(step);
};

function activation<K extends ActivationName>(step: StepOf<K>, lowering: Lowering): void {
  if (step.epilogue.length > 0 && emitChain(step, lowering)) return;
  emitEltwise(step, lowering);
  lowering.applyEpilogue(step);
}

/**
 * Emits a step with its epilogue as post-ops of a product with 1: an eltwise primitive with
 * post-ops is slow, and there is none for an affine map. Over long rows that share factors, where
 * nothing is broadcast along them.
 */
function emitChain<K extends ActivationName | "scale_shift">(
  step: StepOf<K>,
  lowering: Lowering,
): boolean {
  const { tensors } = lowering;
  const { name, op, attributes, inputs: [x, ...operands] } = step;
  const first = { name, op, attributes, operands } as unknown as FusedOp;
  const chain = { ...step, epilogue: [first, ...step.epilogue] };
  const [whole, y] = [x, step.output].map((id) => tensors.activation(id));
  const product = (whole: View, y: View, operands: Operands) => {
    const one = lowering.filled(whole.dims.map(() => 1), 1);
    const factors = { algorithm: "binary_mul", whole, other: one, y } as const;
    return emitBinary(chain, lowering, factors, "inside", operands);
  };
  const [from, to] = [whole, y].map((view) => asColumn(view));
  const [, channels, voxels] = from.dims;
  const fold = longRows(voxels, channels);
  const cut = lowering.cut(voxels / fold, voxels * channels, WORTH_A_PIECE);
  const inRows = lowering.emitPieces(name, cut, ({ first, count }) => {
    const part = (view: View) => lines(view, first, count);
    const [source, destination] = [from, to].map((view) => part(asRows(view, fold)));
    return product(source, destination, rowOperands(tensors, step.output, fold, part));
  });
  return inRows || product(whole, y, plainOperands(tensors, step.output));
}

function emitEltwise<K extends ActivationName>(step: StepOf<K>, lowering: Lowering): void {
  const make = ACTIVATIONS[step.op] as (attributes: OpAttributes[K]) => Eltwise;
  const { algorithm, alpha } = make(step.attributes);
  emitFunction(step, lowering, { algorithm, alpha, beta: 0 });
}

/** A function of each element with two parameters, as the library has it. */
interface ElementFunction {
  readonly algorithm: Extract<keyof typeof ALGORITHM, `eltwise_${string}`>;
  readonly alpha: number;
  readonly beta: number;
}

function emitFunction<K extends OpName>(
  step: StepOf<K>,
  lowering: Lowering,
  { algorithm, alpha, beta }: ElementFunction,
): void {
  const { session, tensors } = lowering;
  const [source, destination] = [step.inputs[0], step.output].map((id) =>
    asColumn(tensors.activation(id))
  );
  const [, channels, voxels] = source.dims;
  const cut = lowering.cut(voxels, voxels * channels, WORTH_A_PIECE);
  lowering.emitPieces(step.name, cut, ({ first, count }) => {
    const [from, to] = [source, destination].map((view) => lines(view, first, count));
    using layout = session.descriptor(from);
    lowering.emit({
      context: step.name,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_eltwise_forward_primitive_desc_create(
          out,
          session.engine,
          FORWARD_INFERENCE,
          ALGORITHM[algorithm],
          layout.id,
          layout.id,
          alpha,
          beta,
          attributes,
        ),
      bind: () => [
        [ARGUMENT.source, lowering.memory(from)],
        [ARGUMENT.destination, lowering.memory(to)],
      ],
    });
    return true;
  });
}
