/**
 * Convolutions in tiles along their outermost spatial axis, with fewer multiplications
 * (`winograd.ts`). All of it are primitives of the library: what the products take of the inputs is
 * a small matrix times slices, a product is a convolution of slices by themselves, and outputs are
 * another small matrix times the products.
 *
 * @module
 */

import { elements, sameShape } from "../../../../base/shapes.ts";
import type { StepOf } from "../../../../plan/plan.ts";
import { BYTES, channelsLast, rowMajor, type View } from "../../library/layout.ts";
import type { Call } from "../../lowering/call.ts";
import { epilogueOf, type Operands } from "../../lowering/epilogue.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import { allOrNone, range } from "../../lowering/pieces.ts";
import { PackedOnce } from "../../memory/packed_once.ts";
import type { Place } from "../../memory/tensors.ts";
import { folded, moved } from "../../memory/views.ts";
import { copy } from "../copies/layout_copy.ts";
import { matmul } from "../matmul/matmul.ts";
import { convolution } from "./convolution_primitive.ts";
import { foldResidual } from "./residual_fold.ts";
import { foldFactor } from "./width_folding.ts";
import { CONSTANT_PRODUCT, productWeights, type Tiling, tilingOf } from "./winograd.ts";

/**
 * Slots of temporaries: what the products take of the inputs, the products, outputs that are yet to be
 * rounded, and from the last on what is added to those.
 */
const TAKEN = 0;
const MADE = 1;
const JOINED = 2;
const ADDED = 3;

/**
 * Emits a convolution in tiles.
 *
 * @returns false, and nothing is emitted, where that is not worth it or the library is slow at a part
 */
export function emitInTiles(given: StepOf<"conv">, lowering: Lowering): boolean {
  const { tensors } = lowering;
  // in training, weights are packed at every step
  if (tensors.trained) return false;
  const tiling = tilingOf(
    tensors.shape(given.inputs[0]),
    tensors.shape(given.output),
    given.attributes,
    tensors.type,
  );
  if (!tiling) return false;
  const { step, weights } = foldResidual(given, lowering, tiling.type);
  const tiled = new WinogradConvolution(step, lowering, tiling, weights);
  for (const fused of new Set([tiled.fusable(), 0])) {
    const calls = tiled.calls(fused);
    if (!calls) continue;
    const names = new Set(calls.map(({ implementation }) => implementation));
    const implementation = `tiles of ${[...names].join(" and ")}`;
    lowering.emitCalls(calls.map((call) => ({ ...call, implementation })));
    lowering.applyEpilogue({ ...step, epilogue: step.epilogue.slice(fused) });
    return true;
  }
  return false;
}

/** Makes weights. */
type Weights = () => Float32Array<ArrayBuffer>;

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

/** Neighbouring tiles of a block with as many outputs each. */
interface Part {
  /** Sample. */
  readonly n: number;
  /** First tile, of the sample. */
  readonly first: number;
  /** First tile, of the block. */
  readonly place: number;
  readonly tiles: number;
  /** Outputs of a tile. */
  readonly outputs: number;
}

/** The parts of a convolution in tiles; one is undefined where the library is slow at it. */
class WinogradConvolution {
  readonly #step: StepOf<"conv">;
  readonly #lowering: Lowering;
  readonly #tiling: Tiling;
  readonly #x: View;
  readonly #y: View;
  readonly #strips: readonly Strip[];
  /** Lines of what is taken of the inputs. */
  readonly #height: number;
  readonly #weights: readonly PackedOnce[];

  constructor(step: StepOf<"conv">, lowering: Lowering, tiling: Tiling, weights: Weights) {
    const { tensors } = lowering;
    const [x, weight] = step.inputs;
    this.#step = step;
    this.#lowering = lowering;
    this.#tiling = tiling;
    this.#x = tensors.activation(x);
    this.#y = tensors.activation(step.output);
    this.#strips = this.#stripsOf();
    const [{ from, to }] = this.#strips;
    // zeros beside strips are written, so that products are the same for every strip
    this.#height = this.#strips.length > 1
      ? tiling.lines + step.attributes.kernel[1] - 1
      : to - from;
    // products are packed one after another: what they share is made once, then let go of
    const none = new Float32Array();
    let [whole, made] = [none, none];
    const shape = tensors.shape(weight);
    const weightsOf = (k: number) => {
      if (k === 0 || whole.length === 0) {
        whole = weights();
        made = new Float32Array(elements(shape) / shape[2]);
      }
      productWeights(whole, shape, tiling.filtering.kernel[k], made);
      const filled = made;
      if (k === tiling.filtering.products - 1) [whole, made] = [none, none];
      return filled;
    };
    this.#weights = range(tiling.filtering.products)
      .map((k) => new PackedOnce(lowering.session, tensors, () => weightsOf(k)));
  }

  /** How many of the fused ops, from the first on, can be done as outputs are made. */
  fusable(): number {
    const { epilogue } = this.#step;
    const operands = this.#operands(this.#partsOf(0)[0], this.#strips[0]);
    const first = epilogue.findIndex((op) =>
      !epilogueOf({ ...this.#step, epilogue: [op] }, operands)
    );
    return first < 0 ? epilogue.length : first;
  }

  /** All of it with so many of the fused ops: shared by threads where there is enough to share. */
  calls(fused: number): Call[] | undefined {
    const blocks = range(this.#x.dims[0] * this.#tiling.tiles / this.#tiling.block);
    const enough = blocks.length * this.#strips.length >= 2 * this.#lowering.threads;
    return enough
      ? this.#lowering.divided(this.#step.name, () => this.#pieces(blocks, fused))
      : this.#pieces(blocks, fused)?.flat();
  }

  /** Pieces of work, each in order. */
  #pieces(blocks: readonly number[], fused: number): Call[][] | undefined {
    const { block, filtering: { products: count } } = this.#tiling;
    // products come last: what is refused is refused before any weights are packed
    const pieces = this.#strips.flatMap((strip) =>
      blocks.map((i) => ({
        joins: all(this.#partsOf(i).map((part) => this.#join(part, strip, fused))),
        takes: all(range(block).map((j) => this.#take(i * block + j, strip))),
      }))
    );
    if (!pieces.every(({ joins, takes }) => joins && takes)) return undefined;
    const products = all(range(count).map((k) => this.#product(k)));
    return products && pieces.map(({ joins, takes }) => [...takes!, ...products, ...joins!]);
  }

  /** The tiles of a block; the last tile of a sample is a part of its own where it is not full. */
  #partsOf(block: number): Part[] {
    const { filtering: { outputs }, block: size, tiles } = this.#tiling;
    const [n, first] = [Math.floor(block * size / tiles), block * size % tiles];
    const rest = this.#y.dims[2] - (tiles - 1) * outputs;
    const partial = first + size === tiles && rest < outputs;
    const full = { n, first, place: 0, tiles: partial ? size - 1 : size, outputs };
    const last = { n, first: tiles - 1, place: size - 1, tiles: 1, outputs: rest };
    return [full, ...(partial ? [last] : [])].filter(({ tiles }) => tiles > 0);
  }

  #stripsOf(): Strip[] {
    const { kernel: [, taps], padBefore: [, before] } = this.#step.attributes;
    const { lines } = this.#tiling;
    const height = this.#x.dims[3];
    return range(this.#y.dims[3] / lines).map((i) => {
      const first = i * lines;
      const [start, end] = [first - before, first + lines - 1 + taps - before];
      const [from, to] = [Math.max(0, start), Math.min(height, end)];
      return { first, from, to, padBefore: from - start, padAfter: end - to };
    });
  }

  /** What all products take of the inputs of a tile; beyond the edge there are zeros. */
  #take(tile: number, strip: Strip): Call[] | undefined {
    const { filtering: { input, outputs, products }, tiles, block, type } = this.#tiling;
    const [, channels, depth, height, ...rest] = this.#x.dims;
    const [before] = this.#step.attributes.padBefore;
    const [n, at] = [Math.floor(tile / tiles), tile % tiles];
    const first = at * outputs - before;
    const [from, to] = [Math.max(0, first), Math.min(depth, first + products)];
    const line = elements(rest) * channels;
    const start = (tile % block) * this.#height * line;
    const written = (lines: number, after: number) => {
      const strides = [block * this.#height * line, 1];
      const layout = { type, dims: [products, lines * line], strides };
      return this.#lowering.temporary(layout, TAKEN, (start + after * line) * BYTES[type]);
    };
    const shares = this.#lowering.matrix(input, this.#x.type);
    const lines = strip.to - strip.from;
    const left = { ...shares, dims: [products, to - from], address: moved(shares, from - first) };
    const right = {
      ...this.#x,
      dims: [to - from, lines * line],
      strides: [height * line, 1],
      address: moved(this.#x, ((n * depth + from) * height + strip.from) * line),
    };
    if (this.#strips.length === 1) return this.#multiply(left, right, written(lines, 0));
    const { padBefore, padAfter } = strip;
    const zeros = (count: number, after: number) => {
      if (count === 0) return [];
      const [one, many] = [[products, 1], [1, count * line]]
        .map((dims) => ({ ...this.#lowering.filled(dims, 0), type: this.#x.type }));
      return this.#multiply(one, many, written(count, after));
    };
    return all([
      zeros(padBefore, 0),
      this.#multiply(left, right, written(lines, padBefore)),
      zeros(padAfter, padBefore + lines),
    ]);
  }

  /** A product: the same whatever the strip and the block. */
  #product(k: number): Call[] | undefined {
    const { attributes, inputs: [x, weight, bias] } = this.#step;
    const { tensors } = this.#lowering;
    const { block, lines } = this.#tiling;
    const part = (id: number, lines: number) =>
      tensors.shape(id).with(0, 1).with(2, block).with(3, lines);
    const [from, to] = [part(x, this.#height), part(this.#step.output, lines)];
    const [{ padBefore, padAfter }] = this.#strips.length > 1
      ? [{ padBefore: 0, padAfter: 0 }]
      : this.#strips;
    const window = {
      ...attributes,
      kernel: attributes.kernel.with(0, 1),
      padBefore: attributes.padBefore.with(0, 0).with(1, padBefore),
      padAfter: attributes.padAfter.with(0, 0).with(1, padAfter),
    };
    const fold = foldFactor(from, to, window);
    const { type } = this.#tiling;
    const [source, destination] = [channelsLast(type, from), channelsLast("f32", to)]
      .map((layout) => folded(layout, fold));
    const [taken, made] = [k * elements(from) * BYTES[type], k * elements(to) * BYTES.f32];
    using stack = new DisposableStack();
    const emission = convolution(stack, this.#lowering, {
      context: this.#step.name,
      source: this.#lowering.temporary(source, TAKEN, taken),
      destination: this.#lowering.temporary(destination, MADE, made),
      window,
      dims: tensors.shape(weight).with(2, 1),
      weights: this.#weights[k],
      bias: k === CONSTANT_PRODUCT && bias !== undefined
        ? tensors.vector(bias, 2, fold)
        : undefined,
      fold,
    });
    return this.#lowering.attempted(emission);
  }

  /** The outputs of tiles, with so many of the fused ops; rounded where they are stored in bf16. */
  #join(part: Part, strip: Strip, fused: number): Call[] | undefined {
    const { filtering: { output, products }, block, lines } = this.#tiling;
    const row = lines * this.#line();
    const shares = this.#lowering.matrix(output);
    const left = {
      ...rowMajor("f32", [1, part.outputs, products]),
      address: shares.address,
    };
    const strides = [row, block * row, 1];
    const made = { type: "f32", dims: [part.tiles, products, row], strides } as const;
    const epilogue = this.#step.epilogue.slice(0, fused);
    const rows = this.#rows(this.#y, part, strip);
    const stored = this.#lowering.place(rows);
    const joined = rows.type === "f32"
      ? stored
      : this.#lowering.temporary(rowMajor("f32", rows.dims), JOINED);
    using stack = new DisposableStack();
    const emission = matmul(
      stack,
      this.#lowering,
      this.#step.name,
      this.#lowering.place(left),
      this.#lowering.temporary(made, MADE, part.place * row * BYTES.f32),
      joined,
    );
    const widened: (readonly Call[] | undefined)[] = [];
    const operands = this.#operands(part, strip, widened);
    const inside = epilogueOf({ ...this.#step, epilogue }, operands);
    return all([
      ...widened,
      this.#lowering.attempted(emission, inside),
      joined === stored
        ? []
        : this.#lowering.attempted(copy(stack, this.#lowering, this.#step.name, joined, stored)),
    ]);
  }

  /** Elements of a line of outputs. */
  #line(): number {
    const [, channels, , , ...rest] = this.#y.dims;
    return elements(rest) * channels;
  }

  /** A tensor of the size of the output where it meets tiles, as the outputs are made. */
  #rows(view: View, { n, first, tiles, outputs }: Part, strip: Strip): View {
    const { filtering: { outputs: full }, lines } = this.#tiling;
    const line = this.#line();
    const [, , depth, height] = this.#y.dims;
    const slice = height * line;
    return {
      type: view.type,
      dims: [tiles, outputs, lines * line],
      strides: [full * slice, slice, 1],
      address: moved(view, (n * depth + first * full) * slice + strip.first * line),
    };
  }

  /**
   * Operands of fused ops, as outputs are joined.
   *
   * @param widened receives calls that bring some of them to single precision first
   */
  #operands(
    part: Part,
    strip: Strip,
    widened: (readonly Call[] | undefined)[] = [],
  ): Operands {
    const { tensors } = this.#lowering;
    const [, channels] = this.#y.dims;
    const row = this.#tiling.lines * this.#line();
    return {
      whole: (id) => {
        if (!sameShape(tensors.shape(id), this.#y.dims)) return undefined;
        const rows = this.#rows(tensors.activation(id), part, strip);
        if (rows.type === "f32") return rows;
        // the library adds nothing but single precision to it
        const slot = ADDED + widened.length;
        const wide = this.#lowering.temporary(rowMajor("f32", rows.dims), slot);
        using stack = new DisposableStack();
        const from = this.#lowering.place(rows);
        widened.push(
          this.#lowering.attempted(copy(stack, this.#lowering, this.#step.name, from, wide)),
        );
        return { ...wide.layout, address: 0n, memory: wide.memory };
      },
      vector: (id) => ({
        ...tensors.vector(id, 2, row / channels),
        ...rowMajor("f32", [1, 1, row]),
      }),
      slopes: () => undefined,
    };
  }

  #multiply(left: View, right: View, product: Place): Call[] | undefined {
    const [from, by] = [left, right].map((view) => this.#lowering.place(view));
    using stack = new DisposableStack();
    return this.#lowering.attempted(
      matmul(stack, this.#lowering, this.#step.name, from, by, product),
    );
  }
}

/** The calls of all parts; undefined where one is. */
function all(parts: readonly (readonly Call[] | undefined)[]): Call[] | undefined {
  return allOrNone(parts)?.flat();
}
