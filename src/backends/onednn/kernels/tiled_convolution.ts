/**
 * Convolutions in tiles along their outermost spatial axis, with fewer multiplications
 * (`winograd.ts`). All of it are primitives of the library: what the products take of the inputs is
 * a small matrix times slices, a product is a convolution of slices by themselves, and outputs are
 * another small matrix times the products.
 *
 * @module
 */

import { elements, sameShape, type Shape } from "../../../base/shapes.ts";
import type { StepOf } from "../../../plan/plan.ts";
import { epilogueOf, type Operands } from "../epilogue.ts";
import { foldFactor } from "../fold.ts";
import type { Lowering } from "../lowering.ts";
import { BYTES, channelsLast, folded, moved, rowMajor, type View } from "../views.ts";
import { CONSTANT_PRODUCT, PRODUCTS, productWeights, type Tiling, tilingOf } from "../winograd.ts";
import { convolution, place } from "./convolution_primitive.ts";
import { matrixProduct } from "./products.ts";

/** Slots of temporaries: what one product takes of the inputs, and the products. */
const TAKEN = 0;
const MADE = 1;

/**
 * Emits a convolution in tiles.
 *
 * @returns false, and nothing is emitted, where that is not worth it or the library is slow at a part
 */
export function convInTiles(step: StepOf<"conv">, lowering: Lowering): boolean {
  const { tensors } = lowering;
  const [x, weight] = step.inputs;
  // in bf16 what is taken of the inputs would be rounded; in training, weights change at every step
  if (tensors.type !== "f32" || tensors.readers(weight).length > 1) return false;
  const tiling = tilingOf(tensors.shape(x), tensors.shape(step.output), step.attributes);
  if (!tiling) return false;
  const tiled = new TiledConvolution(step, lowering, tiling);
  for (const withEpilogue of [true, false]) {
    let fast = true;
    const calls = lowering.collect(() => fast = tiled.emit(withEpilogue));
    if (!fast) continue;
    const names = new Set(calls.map(({ implementation }) => implementation));
    const implementation = `tiles of ${[...names].join(" and ")}`;
    lowering.repeat(calls.map((call) => ({ ...call, implementation })));
    if (!withEpilogue) lowering.applyEpilogue(step);
    return true;
  }
  return false;
}

/** Neighbouring lines of the axis next to that of the tiles. */
interface Strip {
  /** First line of output. */
  readonly first: number;
  /** First line of input that they need, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Lines of zeros before and after those. */
  readonly padBefore: number;
  readonly padAfter: number;
}

/** The parts of a convolution in tiles; each is false where the library is slow at it. */
class TiledConvolution {
  readonly #step: StepOf<"conv">;
  readonly #lowering: Lowering;
  readonly #tiling: Tiling;
  readonly #x: View;
  readonly #y: View;
  readonly #weights: (k: number) => Float32Array<ArrayBuffer>;

  constructor(step: StepOf<"conv">, lowering: Lowering, tiling: Tiling) {
    const { tensors } = lowering;
    const [x, weight] = step.inputs;
    this.#step = step;
    this.#lowering = lowering;
    this.#tiling = tiling;
    this.#x = tensors.activation(x);
    this.#y = tensors.activation(step.output);
    // products are packed one after another: what they share is made once, then let go of
    let whole = new Float32Array();
    this.#weights = (k) => {
      if (k === 0) whole = tensors.parameter(weight);
      const made = productWeights(whole, tensors.shape(weight), tiling.filtering.kernel[k]);
      if (k === PRODUCTS - 1) whole = new Float32Array();
      return made;
    };
  }

  /** Emits all of it, with the epilogue of the step inside or without. */
  emit(withEpilogue: boolean): boolean {
    const { block, tiles } = this.#tiling;
    const blocks = range(this.#x.dims[0] * tiles / block);
    let fast = true;
    const collect = (emit: () => boolean) => this.#lowering.collect(() => fast &&= emit());
    for (const strip of this.#strips()) {
      // first what may be refused, before any weights are packed
      const joins = blocks.map((i) => collect(() => this.#join(i, strip, withEpilogue)));
      const takes = blocks.map((i) =>
        range(block).flatMap((j) => collect(() => this.#take(i * block + j, strip)))
      );
      const products = range(PRODUCTS).flatMap((k) => collect(() => this.#product(k, strip)));
      for (const i of blocks) this.#lowering.repeat([...takes[i], ...products, ...joins[i]]);
    }
    return fast;
  }

  #strips(): Strip[] {
    const { kernel: [, taps], padBefore: [, before] } = this.#step.attributes;
    const [height, lines] = [this.#x.dims[3], this.#tiling.lines];
    return range(this.#y.dims[3] / lines).map((i) => {
      const first = i * lines;
      const [start, end] = [first - before, first + lines - 1 + taps - before];
      const [from, to] = [Math.max(0, start), Math.min(height, end)];
      return { first, from, to, padBefore: from - start, padAfter: end - to };
    });
  }

  /** Emits what all products take of the inputs of a tile; beyond the edge there are zeros. */
  #take(tile: number, strip: Strip): boolean {
    const { filtering: { input, outputs }, tiles, block } = this.#tiling;
    const [, channels, depth, height, ...rest] = this.#x.dims;
    const [before] = this.#step.attributes.padBefore;
    const [n, at] = [Math.floor(tile / tiles), tile % tiles];
    const first = at * outputs - before;
    const [from, to] = [Math.max(0, first), Math.min(depth, first + PRODUCTS)];
    const line = elements(rest) * channels;
    const row = (strip.to - strip.from) * line;
    const shares = this.#matrix("inputs", input);
    const left = { ...shares, dims: [PRODUCTS, to - from], address: moved(shares, from - first) };
    const right = {
      ...this.#x,
      dims: [to - from, row],
      strides: [height * line, 1],
      address: moved(this.#x, ((n * depth + from) * height + strip.from) * line),
    };
    const taken = { type: "f32", dims: [PRODUCTS, row], strides: [block * row, 1] } as const;
    using stack = new DisposableStack();
    return this.#lowering.attempt(matrixProduct(
      stack,
      this.#lowering,
      this.#step.name,
      place(this.#lowering, left),
      place(this.#lowering, right),
      this.#lowering.temporary(taken, TAKEN, (tile % block) * row * BYTES.f32),
    ));
  }

  /** Emits a product: the same whatever the block. */
  #product(k: number, strip: Strip): boolean {
    const { attributes, inputs: [x, weight, bias] } = this.#step;
    const { tensors } = this.#lowering;
    const { block, lines } = this.#tiling;
    const part = (id: number, lines: number) =>
      tensors.shape(id).with(0, 1).with(2, block).with(3, lines);
    const [from, to] = [part(x, strip.to - strip.from), part(this.#step.output, lines)];
    const { padBefore, padAfter, kernel } = attributes;
    const window = {
      ...attributes,
      kernel: kernel.with(0, 1),
      padBefore: padBefore.with(0, 0).with(1, strip.padBefore),
      padAfter: padAfter.with(0, 0).with(1, strip.padAfter),
    };
    const fold = foldFactor(from, to, window);
    const layout = (dims: Shape) => folded(channelsLast("f32", dims), fold);
    const [taken, made] = [from, to].map((dims) => k * elements(dims) * BYTES.f32);
    using stack = new DisposableStack();
    return this.#lowering.attempt(convolution(stack, this.#lowering, {
      context: this.#step.name,
      source: this.#lowering.temporary(layout(from), TAKEN, taken),
      destination: this.#lowering.temporary(layout(to), MADE, made),
      window,
      dims: tensors.shape(weight).with(2, 1),
      weights: () => this.#weights(k),
      bias: k === CONSTANT_PRODUCT && bias !== undefined
        ? tensors.vector(bias, 2, fold)
        : undefined,
      fold,
    }));
  }

  /** Emits the outputs of a block, with the epilogue of the step inside or without. */
  #join(block: number, strip: Strip, withEpilogue: boolean): boolean {
    const { filtering: { output, outputs }, block: tiles, lines } = this.#tiling;
    const { tensors } = this.#lowering;
    const [, channels, , height, ...rest] = this.#y.dims;
    const line = elements(rest) * channels;
    const [slice, row] = [height * line, lines * line];
    const start = block * tiles * outputs * slice + strip.first * line;
    const rows = (view: View): View => ({
      type: "f32",
      dims: [tiles, outputs, row],
      strides: [outputs * slice, slice, 1],
      address: moved(view, start),
    });
    const operands: Operands = {
      whole: (id) =>
        sameShape(tensors.shape(id), this.#y.dims) ? rows(tensors.activation(id)) : undefined,
      vector: (id) => ({
        ...tensors.vector(id, 2, row / channels),
        ...rowMajor("f32", [1, 1, row]),
      }),
      slopes: () => undefined,
    };
    const shares = this.#matrix("outputs", output);
    const left = { ...rowMajor("f32", [1, ...shares.dims]), address: shares.address };
    const made = {
      type: "f32",
      dims: [tiles, PRODUCTS, row],
      strides: [row, tiles * row, 1],
    } as const;
    using stack = new DisposableStack();
    const emission = matrixProduct(
      stack,
      this.#lowering,
      this.#step.name,
      place(this.#lowering, left),
      this.#lowering.temporary(made, MADE),
      place(this.#lowering, rows(this.#y)),
    );
    if (!withEpilogue) return this.#lowering.attempt(emission);
    const epilogue = epilogueOf(this.#step, operands);
    return epilogue !== undefined && this.#lowering.attempt(emission, epilogue);
  }

  /** Numbers of a matrix, for every convolution with as many taps. */
  #matrix(what: string, rows: readonly (readonly number[])[]): View {
    return this.#lowering.once(`${what} of tiles of ${this.#tiling.filtering.outputs}`, () => {
      const made = this.#lowering.numbers([rows.length, rows[0].length]);
      made.data.set(rows.flat());
      return made;
    }).view;
  }
}

/** 0 to `count` - 1. */
function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
