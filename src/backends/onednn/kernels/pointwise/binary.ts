/**
 * Sums and products with broadcasting.
 *
 * @module
 */

import { elements, sameShape } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import type { OpName } from "../../../../graph/ops/mod.ts";
import type { FusedOp, StepOf } from "../../../../plan/plan.ts";
import { fromBf16 } from "../../../../tensor/tensor.ts";
import { ALGORITHM, ARGUMENT } from "../../library/constants.ts";
import type { Handle } from "../../library/handles.ts";
import { channelsLast, type Layout, type View } from "../../library/layout.ts";
import { broadcast, TINY } from "../../loops/broadcast.ts";
import { repeatChannels } from "../../loops/channels.ts";
import type { Policy } from "../../lowering/emission.ts";
import { epilogueOf, matrixOperands, type Operands, rowOperands } from "../../lowering/epilogue.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { type Piece, range, WORTH_A_PIECE } from "../../lowering/pieces.ts";
import { longRows } from "../../memory/rows.ts";
import { asColumn, asMatrix, asRows, lines, rows, sample } from "../../memory/views.ts";
import { emitExpansion } from "../matmul/expand.ts";
import { matmul } from "../matmul/matmul.ts";

/** Elements that fill the library's vectors. */
const LANES = 16;

/** Channels up to which a product with a row of ones is faster than broadcasting along them. */
const SHORT_ROWS = 32;

/** The library's products of matrices on AVX-512, as it names them: later ones in full. */
const FAST_PRODUCT = /^brg(_matmul)?:avx512/;

/** Sum or product, as the library names them. */
export type BinaryAlgorithm = "binary_add" | "binary_mul";

/** y = a + b. */
export const add: Lower<"add"> = (step, lowering): void => combine(step, lowering, "binary_add");

/** y = a * b. */
export const mul: Lower<"mul"> = (step, lowering): void => combine(step, lowering, "binary_mul");

function combine<K extends "add" | "mul">(
  step: StepOf<K>,
  lowering: Lowering,
  algorithm: BinaryAlgorithm,
): void {
  const { tensors } = lowering;
  const { type } = tensors;
  const [a, b] = step.inputs.map((id) => tensors.activation(id));
  const y = tensors.activation(step.output);
  const first = sameShape(a.dims, y.dims);
  const [whole, other] = first ? [a, b] : [b, a];
  const tiny = type === "f32" && elements(y.dims) <= TINY && step.epilogue.length === 0;
  if (sameShape(whole.dims, y.dims) && !tiny) {
    const [x, numbers] = first ? step.inputs : step.inputs.toReversed();
    if (emitByChannel(step, lowering, algorithm, x, numbers)) return;
    if (emitByVoxel(step, lowering, x, numbers)) return;
    if (emitExpanded(step, lowering, { algorithm, whole, other })) return;
    if (emitInRows(step, lowering, algorithm, whole, other)) return;
    if (emitBinary(step, lowering, { algorithm, whole, other }, "fast")) return;
    // a factor a sample is slow all at once where there is one channel, and fast sample by sample
    const alone = { ...step, epilogue: [] };
    const samples = Array.from({ length: y.dims[0] }, (_, n) => ({
      algorithm,
      whole: sample(whole, n),
      other: sample(other, n),
      y: sample(y, n),
    }));
    if (samples.every((operands) => emitBinary(alone, lowering, operands, "fast"))) {
      return lowering.applyEpilogue(step);
    }
  }
  const [p, q, out] = [...step.inputs, step.output].map((id) => tensors.stored(id));
  lowering.loop(broadcast(algorithm, p, q, out));
  lowering.applyEpilogue(step);
}

/**
 * Emits a sum or product of two tensors of one shape, in pieces.
 *
 * @returns whether anything was emitted
 */
function emitInRows<K extends "add" | "mul">(
  step: StepOf<K>,
  lowering: Lowering,
  algorithm: BinaryAlgorithm,
  a: View,
  b: View,
): boolean {
  const { tensors } = lowering;
  if (!sameShape(a.dims, b.dims)) return false;
  const [a2, b2, y] = [a, b, tensors.activation(step.output)].map((view) => asColumn(view));
  const [, channels, voxels] = y.dims;
  const fold = longRows(voxels, channels);
  const cut = lowering.cut(voxels / fold, voxels * channels, WORTH_A_PIECE);
  return cut.length > 1 && lowering.emitPieces(step.name, cut, ({ first, count }) => {
    const part = (view: View) => lines(view, first, count);
    const [whole, other, to] = [a2, b2, y].map((view) => part(asRows(view, fold)));
    const operands = rowOperands(tensors, step.output, fold, part);
    return emitBinary(step, lowering, { algorithm, whole, other, y: to }, "inside", operands);
  });
}

/**
 * Emits a sum or product with a number a channel and sample: over long rows with the numbers
 * repeated, for the library goes voxel by voxel, a vector at a time. The numbers are kept in single
 * precision.
 *
 * @returns whether anything was emitted
 */
function emitByChannel<K extends "add" | "mul">(
  step: StepOf<K>,
  lowering: Lowering,
  algorithm: BinaryAlgorithm,
  x: ValueId,
  other: ValueId,
): boolean {
  const { tensors } = lowering;
  const [samples, channels, ...spatial] = tensors.shape(x);
  const [vectors, numbers, ...ones] = tensors.shape(other);
  const voxels = elements(spatial);
  const fold = longRows(voxels, channels);
  if (numbers !== channels || ones.some((size) => size !== 1) || fold === 1) return false;
  const [source, destination] = [x, step.output].map((id) => tensors.activation(id));
  const given = tensors.elements(other);
  const read = given instanceof Uint16Array ? fromBf16 : (value: number) => value;
  const alone = samples === 1 ? step : { ...step, epilogue: [] };
  const cut = lowering.cut(voxels / fold, voxels * channels, WORTH_A_PIECE);
  const emitSample = (n: number): boolean => {
    const repeated = lowering.numbers([1, channels * fold, 1, 1]);
    const start = vectors === 1 ? 0 : n * channels;
    lowering.loop(() => repeatChannels(repeated.data, channels, (c) => read(given[start + c])));
    return lowering.emitPieces(step.name, cut, ({ first, count }) => {
      const part = (view: View) => lines(view, first, count);
      const [from, to] = [source, destination]
        .map((view) => part(asRows(sample(view, n), fold)));
      const binary = { algorithm, whole: from, other: repeated.view, y: to };
      const operands = rowOperands(tensors, step.output, fold, part);
      return emitBinary(alone, lowering, binary, "inside", operands);
    });
  };
  const calls = lowering.collectIf(() => range(samples).every(emitSample));
  if (!calls) return false;
  lowering.emitCalls(calls);
  if (alone !== step) lowering.applyEpilogue(step);
  return true;
}

/**
 * Emits a sum or product with a number a voxel: the numbers times a row of ones, with the rest as
 * the first post-op. The library's broadcast goes voxel by voxel; of 16 to 32 channels this takes 0.3
 * to 0.8 of its time on AVX-512, of 128 longer, and on AVX2 too.
 *
 * @returns whether anything was emitted
 */
function emitByVoxel<K extends "add" | "mul">(
  step: StepOf<K>,
  lowering: Lowering,
  x: ValueId,
  other: ValueId,
): boolean {
  const { tensors } = lowering;
  const [{ type, dims: [voxels, channels] }, numbers] = [x, other]
    .map((id) => asMatrix(tensors.activation(id)));
  const [count, one] = numbers.dims;
  if (one !== 1 || count !== voxels || channels === 1 || channels > SHORT_ROWS) return false;
  const ones = lowering.matrix([range(channels).map(() => 1)], type);
  const itself = { name: step.name, op: step.op, attributes: {}, operands: [x] };
  const fused = { ...step, epilogue: [itself as FusedOp, ...step.epilogue] };
  const emission = (stack: DisposableStack, { first, count }: Piece) => {
    const part = (view: View) => rows(asMatrix(view), first, count);
    const [left, product] = [numbers, tensors.activation(step.output)].map(part);
    const [from, by, to] = [left, ones, product].map((view) => lowering.place(view));
    const primitive = matmul(stack, lowering, step.name, from, by, to);
    return { primitive, epilogue: epilogueOf(fused, matrixOperands(tensors, step.output, part)) };
  };
  using stack = new DisposableStack();
  const { primitive, epilogue } = emission(stack, { first: 0, count: voxels });
  const found = epilogue && lowering.implementationOf(primitive, epilogue);
  if (found === undefined || !FAST_PRODUCT.test(found)) return false;
  const cut = lowering.cut(voxels, voxels * channels, WORTH_A_PIECE);
  return lowering.emitPieces(step.name, cut, (piece) => {
    using stack = new DisposableStack();
    const { primitive, epilogue } = emission(stack, piece);
    const calls = lowering.attempted(primitive, epilogue, found);
    lowering.emitCalls(calls ?? []);
    return calls !== undefined;
  });
}

/**
 * Repeats what is broadcast first, where rows are too short for vectors: two passes over memory are
 * faster then than one that goes element by element.
 *
 * @returns whether anything was emitted
 */
function emitExpanded<K extends "add" | "mul">(
  step: StepOf<K>,
  lowering: Lowering,
  { algorithm, whole, other }: BinaryOperands,
): boolean {
  const { dims, type } = whole;
  if (dims[1] % LANES === 0 || sameShape(dims, other.dims)) return false;
  const place = (layout: Layout) => lowering.temporary(layout);
  if (!emitExpansion(step.name, lowering, other, dims, place)) return false;
  const repeated = channelsLast(type, dims);
  const memory = lowering.temporary(repeated).memory;
  return emitBinary(step, lowering, {
    algorithm,
    whole,
    other: { ...repeated, address: 0n },
    memory,
  }, "any");
}

/** What a sum or product works on. */
export interface BinaryOperands {
  /** Sum or product. */
  readonly algorithm: BinaryAlgorithm;
  /** Has the shape of the result. */
  readonly whole: View;
  /** Is broadcast where its sizes are 1. */
  readonly other: View;
  /** Where `other` is, if it has no address yet. */
  readonly memory?: Handle;
  /** The result; default: the step's output. */
  readonly y?: View;
}

/**
 * Emits a sum or product with the epilogue of a step.
 *
 * @param policy how far to go for it
 * @param operands of the epilogue, as the result is seen; default: as it is
 * @returns whether anything was emitted
 */
export function emitBinary<K extends OpName>(
  step: StepOf<K>,
  lowering: Lowering,
  { algorithm, whole, other, memory, y = lowering.tensors.activation(step.output) }: BinaryOperands,
  policy: Policy,
  operands?: Operands,
): boolean {
  const { session } = lowering;
  using wholeMd = session.descriptor(whole);
  using otherMd = session.descriptor(other);
  using yMd = session.descriptor(y);
  return lowering.emitStep(
    step,
    {
      context: step.name,
      describe: (out, attributes) =>
        session.library.symbols.dnnl_binary_primitive_desc_create(
          out,
          session.engine,
          ALGORITHM[algorithm],
          wholeMd.id,
          otherMd.id,
          yMd.id,
          attributes,
        ),
      bind: () => [
        [ARGUMENT.source, lowering.memory(whole)],
        [ARGUMENT.source1, memory ?? lowering.memory(other)],
        [ARGUMENT.destination, lowering.memory(y)],
      ],
    },
    policy,
    operands,
  );
}
